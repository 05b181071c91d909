package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
)

// recorder writes one JSON line a request that has a body: how client-go sent it, to the byte.
type recorder struct {
	lock sync.Mutex
	file *os.File
}

type recordedRequest struct {
	Method, Path, ContentType, Accept string
	Body                              []byte
}

func newRecorder(path string) *recorder { return &recorder{file: must(os.Create(path))} }

func (r *recorder) close() { check(r.file.Close()) }

func (r *recorder) wrap(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(request *http.Request) (*http.Response, error) {
		if request.Body != nil && request.Method == http.MethodPost && strings.Contains(request.Header.Get("Content-Type"), "protobuf") {
			body := must(io.ReadAll(request.Body))
			request.Body = io.NopCloser(bytes.NewReader(body))
			line := must(json.Marshal(recordedRequest{request.Method, request.URL.RequestURI(), request.Header.Get("Content-Type"), request.Header.Get("Accept"), body}))
			r.lock.Lock()
			must(r.file.Write(append(line, '\n')))
			r.lock.Unlock()
		}
		return next.RoundTrip(request)
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(request *http.Request) (*http.Response, error) { return f(request) }
