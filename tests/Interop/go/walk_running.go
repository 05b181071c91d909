package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/httpstream"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/events"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
	"k8s.io/client-go/tools/record"
	"k8s.io/client-go/tools/remotecommand"
)

// informers: a factory as controllers have it. In 0.36 it lists by watching.
func (w *walker) informers() {
	ctx, stop := context.WithCancel(w.ctx)
	defer stop()
	factory := informers.NewSharedInformerFactoryWithOptions(w.client, 0, informers.WithNamespace(w.namespace))
	var added, changed, deleted atomic.Int32
	maps := factory.Core().V1().ConfigMaps()
	must(maps.Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { added.Add(1) },
		UpdateFunc: func(any, any) { changed.Add(1) },
		DeleteFunc: func(any) { deleted.Add(1) },
	}))
	others := []cache.SharedIndexInformer{factory.Core().V1().Pods().Informer(), factory.Apps().V1().Deployments().Informer(), factory.Core().V1().Services().Informer(),
		factory.Discovery().V1().EndpointSlices().Informer(), factory.Core().V1().Nodes().Informer(), factory.Batch().V1().Jobs().Informer(), factory.Rbac().V1().ClusterRoles().Informer()}
	factory.Start(ctx.Done())
	for kind, synced := range factory.WaitForCacheSync(ctx.Done()) {
		w.is("synced: "+kind.Elem().Name(), synced)
	}
	w.is("of them all", len(others) == 7 && len(others[6].GetStore().List()) > 20)
	client := w.client.CoreV1().ConfigMaps(w.namespace)
	made := must(client.Create(w.ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "informed"}}, metav1.CreateOptions{}))
	w.until("an addition is told", func() bool { return added.Load() > 0 })
	made.Data = map[string]string{"a": "b"}
	made = must(client.Update(w.ctx, made, metav1.UpdateOptions{}))
	w.until("a change", func() bool {
		found, err := maps.Lister().ConfigMaps(w.namespace).Get("informed")
		return err == nil && changed.Load() > 0 && found.ResourceVersion == made.ResourceVersion
	})
	check(client.Delete(w.ctx, "informed", metav1.DeleteOptions{}))
	w.until("a deletion", func() bool { return deleted.Load() > 0 })
	if restart != "" {
		w.restart()
		must(client.Create(w.ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "after"}}, metav1.CreateOptions{}))
		w.until("after a restart of the server it goes on", func() bool {
			_, err := maps.Lister().ConfigMaps(w.namespace).Get("after")
			return err == nil
		})
	}
	stop()
	factory.Shutdown()
}

func (w *walker) election() {
	var leading, stopped atomic.Value
	candidate := func(name string) (context.CancelFunc, chan struct{}) {
		ctx, stop := context.WithCancel(w.ctx)
		done := make(chan struct{})
		lock := must(resourcelock.New(resourcelock.LeasesResourceLock, w.namespace, "elected", w.client.CoreV1(), w.client.CoordinationV1(), resourcelock.ResourceLockConfig{Identity: name}))
		go func() {
			defer close(done)
			leaderelection.RunOrDie(ctx, leaderelection.LeaderElectionConfig{
				Lock: lock, LeaseDuration: 4 * time.Second, RenewDeadline: 3 * time.Second, RetryPeriod: 200 * time.Millisecond, ReleaseOnCancel: true,
				Callbacks: leaderelection.LeaderCallbacks{OnStartedLeading: func(context.Context) { leading.Store(name) }, OnStoppedLeading: func() { stopped.Store(name) }},
			})
		}()
		return stop, done
	}
	stopFirst, firstDone := candidate("first")
	w.until("the first leads", func() bool { return leading.Load() == "first" })
	stopSecond, secondDone := candidate("second")
	stopFirst()
	<-firstDone
	w.until("and then the second", func() bool { return leading.Load() == "second" && stopped.Load() == "first" })
	lease, err := w.client.CoordinationV1().Leases(w.namespace).Get(w.ctx, "elected", metav1.GetOptions{})
	w.is("the lease says so", err == nil && *lease.Spec.HolderIdentity == "second" && *lease.Spec.LeaseTransitions >= 1, err, lease)
	stopSecond()
	<-secondDone
}

// recorders: both kinds of them; a repeated event is counted.
func (w *walker) recorders() {
	about := must(w.client.CoreV1().ConfigMaps(w.namespace).Create(w.ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "about"}}, metav1.CreateOptions{}))
	old := record.NewBroadcaster()
	defer old.Shutdown()
	old.StartRecordingToSink(&v1.EventSinkImpl{Interface: w.client.CoreV1().Events(w.namespace)})
	recorder := old.NewRecorder(scheme.Scheme, corev1.EventSource{Component: "goclient"})
	for range 3 {
		recorder.Eventf(about, corev1.EventTypeNormal, "Tried", "a %s", "message")
	}
	w.until("an event is counted", func() bool {
		found := must(w.client.CoreV1().Events(w.namespace).List(w.ctx, metav1.ListOptions{FieldSelector: "reason=Tried,involvedObject.name=about"}))
		return len(found.Items) == 1 && found.Items[0].Count == 3
	})

	ctx, stop := context.WithCancel(w.ctx)
	defer stop()
	fresh := events.NewBroadcaster(&events.EventSinkImpl{Interface: w.client.EventsV1()})
	defer fresh.Shutdown()
	check(fresh.StartRecordingToSinkWithContext(ctx))
	newer := fresh.NewRecorder(scheme.Scheme, "example.com/goclient")
	for range 2 {
		newer.Eventf(about, nil, corev1.EventTypeWarning, "Failed", "Trying", "it %s", "failed")
	}
	w.until("a new one is a series", func() bool {
		found := must(w.client.EventsV1().Events(w.namespace).List(w.ctx, metav1.ListOptions{FieldSelector: "reason=Failed"}))
		return slices.ContainsFunc(found.Items, func(e eventsv1.Event) bool { return e.Series != nil && e.Series.Count >= 2 })
	})
}

// streams: logs and exec, where there is a node.
func (w *walker) streams() {
	nodes := must(w.client.CoreV1().Nodes().List(w.ctx, metav1.ListOptions{}))
	if image == "" || len(nodes.Items) == 0 {
		fmt.Println("  n/a   no node, or no -image to run on it")
		return
	}
	pods := w.client.CoreV1().Pods(w.namespace)
	pod := w.pod("streams")
	pod.Spec.NodeSelector = nil
	grace := int64(0)
	pod.Spec.TerminationGracePeriodSeconds = &grace
	pod.Spec.Containers[0].Image = image
	pod.Spec.Containers[0].Command = []string{"sh", "-c", "echo said; sleep 1000"}
	must(pods.Create(w.ctx, pod, metav1.CreateOptions{}))
	w.until("a pod runs", func() bool { return must(pods.Get(w.ctx, "streams", metav1.GetOptions{})).Status.Phase == corev1.PodRunning })
	w.until("its log", func() bool {
		stream, err := pods.GetLogs("streams", &corev1.PodLogOptions{}).Stream(w.ctx)
		if err != nil {
			return false
		}
		defer stream.Close()
		return string(must(io.ReadAll(stream))) == "said\n"
	})
	url := w.client.CoreV1().RESTClient().Post().Namespace(w.namespace).Resource("pods").Name("streams").SubResource("exec").
		VersionedParams(&corev1.PodExecOptions{Command: []string{"sh", "-c", "cat; echo bad >&2; exit 3"}, Stdin: true, Stdout: true, Stderr: true}, scheme.ParameterCodec).URL()
	socket := must(remotecommand.NewWebSocketExecutor(w.config, "GET", url.String()))
	spdy := must(remotecommand.NewSPDYExecutor(w.config, "POST", url))
	either := must(remotecommand.NewFallbackExecutor(socket, spdy, func(err error) bool { return httpstream.IsUpgradeFailure(err) }))
	for name, executor := range map[string]remotecommand.Executor{"websocket": socket, "SPDY": spdy, "either": either} {
		var out, bad bytes.Buffer
		err := executor.StreamWithContext(w.ctx, remotecommand.StreamOptions{Stdin: strings.NewReader("heard"), Stdout: &out, Stderr: &bad})
		w.is("exec by "+name, err != nil && strings.Contains(err.Error(), "exit code 3") && out.String() == "heard" && bad.String() == "bad\n", err, out.String(), bad.String())
	}
}
