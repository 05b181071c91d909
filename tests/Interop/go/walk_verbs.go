package main

import (
	"encoding/json"
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	appsapply "k8s.io/client-go/applyconfigurations/apps/v1"
	autoscalingapply "k8s.io/client-go/applyconfigurations/autoscaling/v1"
	coreapply "k8s.io/client-go/applyconfigurations/core/v1"
	metaapply "k8s.io/client-go/applyconfigurations/meta/v1"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/scale"
	"k8s.io/client-go/tools/pager"
)

func (w *walker) pod(name string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"walk": name}},
		Spec:       corev1.PodSpec{NodeSelector: map[string]string{"no": "such"}, Containers: []corev1.Container{{Name: "a", Image: "example.com/a"}}},
	}
}

func (w *walker) deployment(name string) *appsapply.DeploymentApplyConfiguration {
	labels := map[string]string{"app": name}
	return appsapply.Deployment(name, w.namespace).WithSpec(appsapply.DeploymentSpec().WithReplicas(0).WithMinReadySeconds(1).
		WithSelector(metaapply.LabelSelector().WithMatchLabels(labels)).
		WithTemplate(coreapply.PodTemplateSpec().WithLabels(labels).WithSpec(coreapply.PodSpec().WithContainers(coreapply.Container().WithName("a").WithImage("b")))))
}

// patches: every type of patch, apply with its configurations and conflicts, status, scale.
func (w *walker) patches() {
	deployments := w.client.AppsV1().Deployments(w.namespace)
	made, err := deployments.Apply(w.ctx, w.deployment("patched"), metav1.ApplyOptions{FieldManager: "one"})
	if !w.ok("apply creates", err) {
		return
	}
	for _, p := range []struct {
		kind types.PatchType
		body string
	}{
		{types.JSONPatchType, `[{"op":"replace","path":"/spec/minReadySeconds","value":2}]`},
		{types.MergePatchType, `{"spec":{"minReadySeconds":3}}`},
		{types.StrategicMergePatchType, `{"spec":{"minReadySeconds":4,"template":{"spec":{"containers":[{"name":"a","tty":true}]}}}}`},
		{types.ApplyPatchType, `{"apiVersion":"apps/v1","kind":"Deployment","spec":{"minReadySeconds":5}}`},
	} {
		options := metav1.PatchOptions{FieldManager: "two"}
		if p.kind == types.ApplyPatchType {
			force := true
			options.Force = &force
		}
		made, err = deployments.Patch(w.ctx, "patched", p.kind, []byte(p.body), options)
		w.ok(string(p.kind), err)
	}
	w.is("all of them counted", made.Spec.MinReadySeconds == 5 && made.Spec.Template.Spec.Containers[0].TTY && made.Spec.Template.Spec.Containers[0].Image == "b", made.Spec)

	_, err = deployments.Apply(w.ctx, w.deployment("patched"), metav1.ApplyOptions{FieldManager: "one"})
	w.is("what another has applied is a conflict", errors.IsConflict(err) && errors.HasStatusCause(err, metav1.CauseTypeFieldManagerConflict), err)
	made, err = deployments.Apply(w.ctx, w.deployment("patched"), metav1.ApplyOptions{FieldManager: "one", Force: true})
	w.is("and can be forced", err == nil && made.Spec.MinReadySeconds == 1, err)
	mine, err := appsapply.ExtractDeployment(made, "one")
	w.is("what one manager owns can be extracted", err == nil && *mine.Spec.MinReadySeconds == 1 && mine.Spec.Template.Spec.Containers[0].TTY == nil, err, mine)
	if mine != nil {
		again, err := deployments.Apply(w.ctx, mine, metav1.ApplyOptions{FieldManager: "one"})
		w.is("and applied again without a change", err == nil && again.ResourceVersion == made.ResourceVersion, err)
	}

	made.Status.Conditions = []appsv1.DeploymentCondition{{Type: "Odd", Status: corev1.ConditionTrue}}
	after, err := deployments.UpdateStatus(w.ctx, made, metav1.UpdateOptions{})
	w.is("status is written by itself", err == nil && len(after.Status.Conditions) == 1 && after.Generation == made.Generation, err)
	applied, err := w.client.CoreV1().Namespaces().ApplyStatus(w.ctx, coreapply.Namespace(w.namespace).WithStatus(coreapply.NamespaceStatus().
		WithConditions(coreapply.NamespaceCondition().WithType("Odd").WithStatus(corev1.ConditionTrue))), metav1.ApplyOptions{FieldManager: "one"})
	w.is("and applied", err == nil && len(applied.Status.Conditions) == 1, err)

	size, err := deployments.GetScale(w.ctx, "patched", metav1.GetOptions{})
	if w.ok("a scale is read", err) {
		size.Spec.Replicas = 0
		size, err = deployments.UpdateScale(w.ctx, "patched", size, metav1.UpdateOptions{})
		w.is("and written", err == nil && size.Status.Selector == "app=patched", err, size)
	}
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(w.client.Discovery()))
	scales := must(scale.NewForConfig(w.config, mapper, dynamic.LegacyAPIPathResolverFunc, scale.NewDiscoveryScaleKindResolver(w.client.Discovery())))
	where := schema.GroupResource{Group: "apps", Resource: "deployments"}
	general, err := scales.Scales(w.namespace).Get(w.ctx, where, "patched", metav1.GetOptions{})
	w.is("the client of scales finds it too", err == nil && general.Spec.Replicas == 0, err)
	general, err = scales.Scales(w.namespace).Patch(w.ctx, where.WithVersion("v1"), "patched", types.MergePatchType, []byte(`{"spec":{"replicas":0}}`), metav1.PatchOptions{})
	w.is("and patches it", err == nil && general.Spec == autoscalingv1.ScaleSpec{}, err)
	_, err = deployments.ApplyScale(w.ctx, "patched", autoscalingapply.Scale().WithName("patched").WithNamespace(w.namespace).WithSpec(autoscalingapply.ScaleSpec().WithReplicas(0)), metav1.ApplyOptions{FieldManager: "scaler", Force: true})
	w.ok("a scale is applied", err)
	dry, err := w.client.CoreV1().ConfigMaps(w.namespace).Create(w.ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{GenerateName: "dry-"}}, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
	w.is("a dry run names and keeps nothing", err == nil && len(dry.Name) > 4 && dry.UID != "", err)
	_, err = w.client.CoreV1().ConfigMaps(w.namespace).Get(w.ctx, dry.Name, metav1.GetOptions{})
	w.is("nothing was kept", errors.IsNotFound(err), err)
}

// refusals: the errors that programs tell apart.
func (w *walker) refusals() {
	maps := w.client.CoreV1().ConfigMaps(w.namespace)
	_, err := maps.Get(w.ctx, "nobody", metav1.GetOptions{})
	w.is("IsNotFound", errors.IsNotFound(err) && err.Error() == `configmaps "nobody" not found`, err)
	made := must(maps.Create(w.ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "here"}}, metav1.CreateOptions{}))
	_, err = maps.Create(w.ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "here"}}, metav1.CreateOptions{})
	w.is("IsAlreadyExists", errors.IsAlreadyExists(err), err)
	_, err = maps.Create(w.ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "_"}}, metav1.CreateOptions{})
	w.is("IsInvalid", errors.IsInvalid(err) && errors.HasStatusCause(err, metav1.CauseTypeFieldValueInvalid), err)
	stale := made.DeepCopy()
	made.Data = map[string]string{"a": "b"}
	must(maps.Update(w.ctx, made, metav1.UpdateOptions{}))
	_, err = maps.Update(w.ctx, stale, metav1.UpdateOptions{})
	w.is("an update without a change may be stale only if nothing else changed: IsConflict", errors.IsConflict(err), err)
	other := types.UID("00000000-0000-4000-8000-000000000000")
	err = maps.Delete(w.ctx, "here", metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &other}})
	w.is("a precondition: IsConflict", errors.IsConflict(err), err)
	_, err = w.client.CoreV1().Pods("no-such").Create(w.ctx, w.pod("x"), metav1.CreateOptions{})
	w.is("no namespace: IsNotFound", errors.IsNotFound(err), err)
	_, err = maps.List(w.ctx, metav1.ListOptions{FieldSelector: "data=x"})
	w.is("IsBadRequest", errors.IsBadRequest(err), err)
	changes, err := maps.Watch(w.ctx, metav1.ListOptions{ResourceVersion: "1", AllowWatchBookmarks: true})
	if err == nil {
		first := <-changes.ResultChan()
		err = errors.FromObject(first.Object)
		changes.Stop()
	}
	fmt.Println("  (a watch from version 1: " + fmt.Sprint(err) + ")")
	_, err = maps.List(w.ctx, metav1.ListOptions{Continue: "nonsense", Limit: 1})
	w.is("a token that is none: IsBadRequest", errors.IsBadRequest(err), err)
	nobody := rest.AnonymousClientConfig(w.config)
	nobody.BearerToken = "wrong"
	_, err = must(dynamic.NewForConfig(nobody)).Resource(schema.GroupVersionResource{Version: "v1", Resource: "pods"}).List(w.ctx, metav1.ListOptions{})
	w.is("IsUnauthorized", errors.IsUnauthorized(err), err)
	quota := &corev1.ResourceQuota{ObjectMeta: metav1.ObjectMeta{Name: "none"}, Spec: corev1.ResourceQuotaSpec{Hard: corev1.ResourceList{"count/secrets": {}}}}
	must(w.client.CoreV1().ResourceQuotas(w.namespace).Create(w.ctx, quota, metav1.CreateOptions{}))
	w.check403()
	check(w.client.CoreV1().ResourceQuotas(w.namespace).Delete(w.ctx, "none", metav1.DeleteOptions{}))
	w.ok("a collection is deleted", maps.DeleteCollection(w.ctx, metav1.DeleteOptions{}, metav1.ListOptions{FieldSelector: "metadata.name=here"}))
}

func (w *walker) check403() {
	impersonating := rest.CopyConfig(w.config)
	impersonating.Impersonate = rest.ImpersonationConfig{UserName: "nobody", Groups: []string{"none"}}
	_, err := must(dynamic.NewForConfig(impersonating)).Resource(schema.GroupVersionResource{Version: "v1", Resource: "secrets"}).Namespace(w.namespace).List(w.ctx, metav1.ListOptions{})
	w.is("IsForbidden", errors.IsForbidden(err), err)
}

// reviews: questions that are asked by creating.
func (w *walker) reviews() {
	seconds := int64(3600)
	accounts := w.client.CoreV1().ServiceAccounts(w.namespace)
	must(accounts.Create(w.ctx, &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "reviewed"}}, metav1.CreateOptions{}))
	token, err := accounts.CreateToken(w.ctx, "reviewed", &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: &seconds}}, metav1.CreateOptions{})
	if !w.ok("a token", err) {
		return
	}
	w.is("expires", time.Until(token.Status.ExpirationTimestamp.Time) > 50*time.Minute, token.Status.ExpirationTimestamp)
	review, err := w.client.AuthenticationV1().TokenReviews().Create(w.ctx, &authenticationv1.TokenReview{Spec: authenticationv1.TokenReviewSpec{Token: token.Status.Token}}, metav1.CreateOptions{})
	w.is("and is known", err == nil && review.Status.Authenticated && review.Status.User.Username == "system:serviceaccount:"+w.namespace+":reviewed", err, review)
	access, err := w.client.AuthorizationV1().SubjectAccessReviews().Create(w.ctx, &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{
		User: "nobody", Extra: map[string]authorizationv1.ExtraValue{"a": {"b"}}, ResourceAttributes: &authorizationv1.ResourceAttributes{Verb: "get", Resource: "pods", Namespace: w.namespace}}}, metav1.CreateOptions{})
	w.is("who may what", err == nil && !access.Status.Allowed, err, access)
	self, err := w.client.AuthorizationV1().SelfSubjectAccessReviews().Create(w.ctx, &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{
		NonResourceAttributes: &authorizationv1.NonResourceAttributes{Path: "/healthz", Verb: "get"}}}, metav1.CreateOptions{})
	w.is("and oneself", err == nil && self.Status.Allowed, err, self)
	rules, err := w.client.AuthorizationV1().SelfSubjectRulesReviews().Create(w.ctx, &authorizationv1.SelfSubjectRulesReview{Spec: authorizationv1.SelfSubjectRulesReviewSpec{Namespace: w.namespace}}, metav1.CreateOptions{})
	w.is("by which rules", err == nil && len(rules.Status.ResourceRules) > 0, err, rules)
	whoami, err := w.client.AuthenticationV1().SelfSubjectReviews().Create(w.ctx, &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	w.is("who am I", err == nil && whoami.Status.UserInfo.Username != "", err, whoami)
	version, err := w.client.Discovery().ServerVersion()
	w.is("the version", err == nil && version.Major == "1" && version.Minor >= "36", err, version)
}

// lists: pages, and only the metadata.
func (w *walker) lists() {
	for i := range 25 {
		must(w.client.CoreV1().ConfigMaps(w.namespace).Create(w.ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("page-%02d", i), Labels: map[string]string{"page": "yes"}}}, metav1.CreateOptions{}))
	}
	pages := pager.New(pager.SimplePageFunc(func(options metav1.ListOptions) (runtime.Object, error) {
		return w.client.CoreV1().ConfigMaps(w.namespace).List(w.ctx, options)
	}))
	pages.PageSize = 10
	count := 0
	err := pages.EachListItem(w.ctx, metav1.ListOptions{LabelSelector: "page in (yes)"}, func(runtime.Object) error { count++; return nil })
	w.is("pages of ten", err == nil && count == 25, err, count)
	metadataClient := must(metadata.NewForConfig(w.config)).Resource(schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}).Namespace(w.namespace)
	partial, err := metadataClient.List(w.ctx, metav1.ListOptions{LabelSelector: "page=yes", Limit: 5})
	w.is("only the metadata", err == nil && len(partial.Items) == 5 && partial.Items[0].Name == "page-00" && partial.Continue != "" && partial.RemainingItemCount == nil, err)
	one, err := metadataClient.Patch(w.ctx, "page-00", types.MergePatchType, []byte(`{"metadata":{"labels":{"page":"no"}}}`), metav1.PatchOptions{})
	w.is("patched", err == nil && one.Labels["page"] == "no", err)
	changes, err := metadataClient.Watch(w.ctx, metav1.ListOptions{ResourceVersion: partial.ResourceVersion})
	if w.ok("watched", err) {
		change := <-changes.ResultChan()
		seen, ok := change.Object.(*metav1.PartialObjectMetadata)
		w.is("and told", ok && seen.Name == "page-00", change)
		changes.Stop()
	}
	w.ok("and deleted", metadataClient.DeleteCollection(w.ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "page"}))
	left, err := w.client.CoreV1().ConfigMaps(w.namespace).List(w.ctx, metav1.ListOptions{LabelSelector: "page"})
	w.is("all of them", err == nil && len(left.Items) == 0, err)
}

// custom: a definition, the dynamic client, and a mapper out of discovery.
func (w *walker) custom() {
	client := must(dynamic.NewForConfig(w.config))
	group := w.namespace + ".example.com"
	definition := &unstructured.Unstructured{}
	check(json.Unmarshal(fmt.Appendf(nil, `{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"widgets.%[1]s"},"spec":{"group":"%[1]s","scope":"Namespaced",
		"names":{"plural":"widgets","singular":"widget","kind":"Widget","listKind":"WidgetList"},"versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{},"scale":{"specReplicasPath":".spec.size","statusReplicasPath":".status.size"}},
		"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","properties":{"size":{"type":"integer","default":1,"maximum":10}}},"status":{"type":"object","properties":{"size":{"type":"integer"}}}}}}}]}}`, group), definition))
	definitions := client.Resource(schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"})
	_, err := definitions.Create(w.ctx, definition, metav1.CreateOptions{})
	if !w.ok("a definition", err) {
		return
	}
	defer func() { w.ok("the definition goes", definitions.Delete(w.ctx, definition.GetName(), metav1.DeleteOptions{})) }()
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(w.client.Discovery()))
	var resource schema.GroupVersionResource
	w.until("discovery has it", func() bool {
		mapper.Reset()
		mapping, err := mapper.RESTMapping(schema.GroupKind{Group: group, Kind: "Widget"})
		if err == nil {
			resource = mapping.Resource
		}
		return err == nil
	})
	widgets := client.Resource(resource).Namespace(w.namespace)
	widget := &unstructured.Unstructured{Object: map[string]any{"apiVersion": group + "/v1", "kind": "Widget", "metadata": map[string]any{"name": "one"}, "spec": map[string]any{}}}
	made, err := widgets.Create(w.ctx, widget, metav1.CreateOptions{})
	if !w.ok("an object of it", err) {
		return
	}
	size, _, _ := unstructured.NestedInt64(made.Object, "spec", "size")
	w.is("with its default", size == 1, made)
	_, err = widgets.Patch(w.ctx, "one", types.MergePatchType, []byte(`{"spec":{"size":11}}`), metav1.PatchOptions{})
	w.is("and its limits", errors.IsInvalid(err), err)
	applied, err := widgets.Apply(w.ctx, "one", &unstructured.Unstructured{Object: map[string]any{"apiVersion": group + "/v1", "kind": "Widget", "metadata": map[string]any{"name": "one"}, "spec": map[string]any{"size": int64(2)}}},
		metav1.ApplyOptions{FieldManager: "go", Force: true})
	w.is("applied", err == nil && applied.GetGeneration() == 2, err)
	made.SetResourceVersion(applied.GetResourceVersion())
	check(unstructured.SetNestedField(made.Object, int64(3), "status", "size"))
	after, err := widgets.UpdateStatus(w.ctx, made, metav1.UpdateOptions{})
	w.is("status", err == nil && after.GetGeneration() == 2, err)
	scales := must(scale.NewForConfig(w.config, mapper, dynamic.LegacyAPIPathResolverFunc, scale.NewDiscoveryScaleKindResolver(w.client.Discovery())))
	general, err := scales.Scales(w.namespace).Get(w.ctx, resource.GroupResource(), "one", metav1.GetOptions{})
	w.is("scale", err == nil && general.Spec.Replicas == 2 && general.Status.Replicas == 3, err, general)
	only, err := must(metadata.NewForConfig(w.config)).Resource(resource).Namespace(w.namespace).Get(w.ctx, "one", metav1.GetOptions{})
	w.is("the metadata of it, in protobuf", err == nil && only.Name == "one", err)
	w.ok("the collection goes", widgets.DeleteCollection(w.ctx, metav1.DeleteOptions{}, metav1.ListOptions{}))
}

func (w *walker) eviction() {
	pods := w.client.CoreV1().Pods(w.namespace)
	_, err := pods.Create(w.ctx, w.pod("evicted"), metav1.CreateOptions{})
	if !w.ok("a pod", err) {
		return
	}
	w.ok("is evicted", w.client.PolicyV1().Evictions(w.namespace).Evict(w.ctx, &policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Name: "evicted", Namespace: w.namespace}}))
	w.until("and gone", func() bool {
		_, err := pods.Get(w.ctx, "evicted", metav1.GetOptions{})
		return errors.IsNotFound(err)
	})
}
