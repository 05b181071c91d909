package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
)

// recorder writes one JSON line a request with a body in protobuf: how client-go sent it, to the byte, and the status it was answered.
// It takes what can be sent again to another server: what has versions (PUT) or another server's tokens in it cannot.
type recorder struct {
	lock sync.Mutex
	file *os.File
}

type recordedRequest struct {
	Status                            int
	Method, Path, ContentType, Accept string
	// Object is what Go reads in the body, in Go's own JSON.
	Object runtime.Object
	Body   []byte
}

func newRecorder(path string) *recorder { return &recorder{file: must(os.Create(path))} }

func (r *recorder) close() { check(r.file.Close()) }

func (r *recorder) wrap(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(request *http.Request) (*http.Response, error) {
		if request.Body == nil || request.Method == http.MethodPut || strings.HasSuffix(request.URL.Path, "/tokenreviews") || !strings.Contains(request.Header.Get("Content-Type"), "protobuf") {
			return next.RoundTrip(request)
		}
		body := must(io.ReadAll(request.Body))
		request.Body = io.NopCloser(bytes.NewReader(body))
		object, _, err := scheme.Codecs.UniversalDeserializer().Decode(body, nil, nil)
		check(err)
		response, err := next.RoundTrip(request)
		if err == nil {
			line := must(json.Marshal(recordedRequest{response.StatusCode, request.Method, request.URL.RequestURI(), request.Header.Get("Content-Type"), request.Header.Get("Accept"), object, body}))
			r.lock.Lock()
			defer r.lock.Unlock()
			must(r.file.Write(append(line, '\n')))
		}
		return response, err
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(request *http.Request) (*http.Response, error) { return f(request) }
