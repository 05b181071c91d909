package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

const protobufType = "application/vnd.kubernetes.protobuf"

var restart, image string

// walker is what the sections share: a cluster, a namespace of this run, and the count of what went wrong.
type walker struct {
	ctx       context.Context
	config    *rest.Config
	client    kubernetes.Interface
	namespace string
	faults    int
}

var sections = []struct {
	name string
	run  func(*walker)
}{
	{"kinds", (*walker).kinds},
	{"patches", (*walker).patches},
	{"refusals", (*walker).refusals},
	{"reviews", (*walker).reviews},
	{"lists", (*walker).lists},
	{"informers", (*walker).informers},
	{"custom", (*walker).custom},
	{"election", (*walker).election},
	{"recorders", (*walker).recorders},
	{"eviction", (*walker).eviction},
	{"streams", (*walker).streams},
}

func walk(args []string) {
	flags := flag.NewFlagSet("walk", flag.ExitOnError)
	record := flags.String("record", "", "write the requests of the section `kinds` to this file")
	flags.StringVar(&restart, "restart", "", "a command that starts the server anew")
	flags.StringVar(&image, "image", "", "an image with a shell, for what needs a node")
	check(flags.Parse(args))

	config := must(clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG")))
	config.ContentType = protobufType
	config.AcceptContentTypes = protobufType + ",application/json"
	config.UserAgent = "goclient"
	config.QPS, config.Burst = -1, -1
	if *record != "" {
		r := newRecorder(*record)
		defer r.close()
		config.Wrap(r.wrap)
	}
	ctx, stop := context.WithTimeout(context.Background(), 10*time.Minute)
	defer stop()
	w := &walker{ctx: ctx, config: config, client: must(kubernetes.NewForConfig(config)), namespace: fmt.Sprintf("go-%d", os.Getpid()%100000)}
	must(w.client.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: w.namespace}}, metav1.CreateOptions{}))
	for _, section := range sections {
		if flags.NArg() == 0 || slices.Contains(flags.Args(), section.name) {
			fmt.Println(section.name)
			w.guarded(section.name, section.run)
		}
	}
	w.ok("the namespace goes", w.client.CoreV1().Namespaces().Delete(ctx, w.namespace, metav1.DeleteOptions{}))
	if w.faults > 0 {
		fmt.Printf("%d faults\n", w.faults)
		os.Exit(1)
	}
}

// guarded keeps a section that cannot go on from ending the others.
func (w *walker) guarded(name string, run func(*walker)) {
	defer func() {
		if p := recover(); p != nil {
			w.report(name+" goes through", fmt.Sprint(p))
		}
	}()
	run(w)
}

func (w *walker) report(title, problem string) {
	if problem == "" {
		fmt.Println("  ok    " + title)
		return
	}
	w.faults++
	fmt.Printf("  FAIL  %s: %s\n", title, problem)
}

func (w *walker) ok(title string, err error) bool {
	if err != nil {
		w.report(title, err.Error())
		return false
	}
	w.report(title, "")
	return true
}

func (w *walker) is(title string, claim bool, got ...any) {
	if claim {
		w.report(title, "")
	} else {
		w.report(title, fmt.Sprintf("%+v", got))
	}
}

func (w *walker) restart() {
	output, err := exec.Command(restart).CombinedOutput()
	if !w.ok("the server is started anew", err) {
		fmt.Println(string(output))
	}
	w.until("and answers", func() bool { _, err := w.client.Discovery().ServerVersion(); return err == nil })
}

func (w *walker) until(title string, condition func() bool) {
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if condition() {
			w.report(title, "")
			return
		}
	}
	w.report(title, "not within a minute")
}
