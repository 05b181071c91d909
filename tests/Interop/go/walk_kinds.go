package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	_ "embed"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/util/retry"
)

//go:embed kinds.yaml
var kindsYAML string

// kinds takes an object of each kind through its life, with client-go's codecs and protobuf.
func (w *walker) kinds() {
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(w.client.Discovery()))
	text := strings.NewReplacer("NAMESPACE", w.namespace, "CSR", signingRequest()).Replace(kindsYAML)
	for _, manifest := range strings.Split(text, "\n---\n") {
		obj, gvk, err := scheme.Codecs.UniversalDeserializer().Decode([]byte(manifest), nil, nil)
		if err != nil {
			w.report(manifest, err.Error())
			continue
		}
		w.guarded(gvk.String(), func(w *walker) {
			if problem := w.life(obj, *gvk, must(mapper.RESTMapping(gvk.GroupKind(), gvk.Version))); problem != "" {
				w.report(gvk.GroupKind().String(), problem)
			} else {
				w.report(gvk.GroupKind().String(), "")
			}
		})
	}
}

// life creates, reads, lists, updates, patches, watches and deletes, and says what was not as it should be.
func (w *walker) life(obj runtime.Object, gvk schema.GroupVersionKind, mapping *meta.RESTMapping) string {
	config := rest.CopyConfig(w.config)
	config.GroupVersion = &schema.GroupVersion{Group: gvk.Group, Version: gvk.Version}
	config.NegotiatedSerializer = scheme.Codecs.WithoutConversion()
	config.APIPath = "/apis"
	if gvk.Group == "" {
		config.APIPath = "/api"
	}
	client := must(rest.RESTClientFor(config))
	namespaced := mapping.Scope.Name() == meta.RESTScopeNameNamespace
	resource := mapping.Resource.Resource
	fresh := func() runtime.Object { return must(scheme.Scheme.New(gvk)) }
	name := must(meta.Accessor(obj)).GetName()

	made := fresh()
	if err := client.Post().NamespaceIfScoped(w.namespace, namespaced).Resource(resource).Body(obj).Do(w.ctx).Into(made); err != nil {
		return "create: " + err.Error()
	}
	metadata := must(meta.Accessor(made))
	if metadata.GetUID() == "" || metadata.GetResourceVersion() == "" || metadata.GetCreationTimestamp().Time.IsZero() || len(metadata.GetManagedFields()) == 0 {
		return fmt.Sprintf("create: metadata is %+v", metadata)
	}
	changes, err := client.Get().NamespaceIfScoped(w.namespace, namespaced).Resource(resource).
		VersionedParams(&metav1.ListOptions{Watch: true, ResourceVersion: metadata.GetResourceVersion(), FieldSelector: "metadata.name=" + name}, scheme.ParameterCodec).Watch(w.ctx)
	if err != nil {
		return "watch: " + err.Error()
	}
	defer changes.Stop()

	read := fresh()
	if err := client.Get().NamespaceIfScoped(w.namespace, namespaced).Resource(resource).Name(name).Do(w.ctx).Into(read); err != nil {
		return "get: " + err.Error()
	}
	if a, b := protobufOf(made), protobufOf(read); !bytes.Equal(a, b) && must(meta.Accessor(read)).GetResourceVersion() == metadata.GetResourceVersion() {
		return fmt.Sprintf("get: %v\nis not what create gave: %v", read, made)
	}
	list := must(scheme.Scheme.New(gvk.GroupVersion().WithKind(gvk.Kind + "List")))
	if err := client.Get().NamespaceIfScoped(w.namespace, namespaced).Resource(resource).Do(w.ctx).Into(list); err != nil {
		return "list: " + err.Error()
	}
	if meta.LenList(list) == 0 {
		return "list: empty"
	}
	written := fresh()
	if err := retry.RetryOnConflict(retry.DefaultRetry, func() error {
		// Its controller may have written its status.
		if err := client.Get().NamespaceIfScoped(w.namespace, namespaced).Resource(resource).Name(name).Do(w.ctx).Into(read); err != nil {
			return err
		}
		return client.Put().NamespaceIfScoped(w.namespace, namespaced).Resource(resource).Name(name).Body(read).Do(w.ctx).Into(written)
	}); err != nil {
		return "update: " + err.Error()
	}
	if a, b := must(meta.Accessor(read)).GetResourceVersion(), must(meta.Accessor(written)).GetResourceVersion(); a != b {
		return fmt.Sprintf("update without a change made %s of %s", b, a)
	}
	patched := fresh()
	if err := client.Patch(types.MergePatchType).NamespaceIfScoped(w.namespace, namespaced).Resource(resource).Name(name).
		Body([]byte(`{"metadata":{"labels":{"patched":"yes"}}}`)).Do(w.ctx).Into(patched); err != nil {
		return "patch: " + err.Error()
	}
	if err := client.Delete().NamespaceIfScoped(w.namespace, namespaced).Resource(resource).Name(name).Body(metav1.NewDeleteOptions(0)).Do(w.ctx).Error(); err != nil {
		return "delete: " + err.Error()
	}
	seen := ""
	for {
		select {
		case change := <-changes.ResultChan():
			if change.Object == nil || change.Type == watch.Error {
				return fmt.Sprintf("watch: %+v after%s", change, seen)
			}
			seen += " " + string(change.Type)
			changed := must(meta.Accessor(change.Object))
			// What has finalizers is deleted later: its controllers do not run in every walk.
			if change.Type == watch.Deleted || changed.GetDeletionTimestamp() != nil {
				if !strings.Contains(seen, " MODIFIED") {
					return "watch: told only" + seen
				}
				return ""
			}
		case <-time.After(20 * time.Second):
			return "watch: told only" + seen
		}
	}
}

func protobufOf(obj runtime.Object) []byte { return must(obj.(interface{ Marshal() ([]byte, error) }).Marshal()) }

func signingRequest() string {
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	der := must(x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "go"}}, key))
	return base64.StdEncoding.EncodeToString(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}))
}
