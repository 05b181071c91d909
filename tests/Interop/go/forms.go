package main

import (
	"fmt"
	"net/http"
	"slices"
	"sync"

	"k8s.io/client-go/rest"
)

// formCount counts media types, for client-go goes from one to another without a word when it is refused.
type formCount struct {
	lock   sync.Mutex
	counts map[string]int
}

func (f *formCount) wrap(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(request *http.Request) (*http.Response, error) {
		response, err := next.RoundTrip(request)
		if request.Body != nil {
			f.count("written " + request.Header.Get("Content-Type"))
		}
		if err == nil {
			f.count("read    " + response.Header.Get("Content-Type"))
			if response.StatusCode == http.StatusNotAcceptable || response.StatusCode == http.StatusUnsupportedMediaType {
				f.count("refused " + request.Header.Get("Content-Type") + ", " + request.Header.Get("Accept"))
			}
		}
		return response, err
	})
}

func (f *formCount) count(what string) {
	f.lock.Lock()
	defer f.lock.Unlock()
	if f.counts == nil {
		f.counts = map[string]int{}
	}
	f.counts[what]++
}

func (f *formCount) print() {
	f.lock.Lock()
	defer f.lock.Unlock()
	lines := []string{}
	for what, n := range f.counts {
		lines = append(lines, fmt.Sprintf("  %5d %s", n, what))
	}
	slices.Sort(lines)
	for _, line := range lines {
		fmt.Println(line)
	}
}

// scaleConfig asks for JSON where protobuf is not asked for: the client of scales cannot read CBOR, but client-go's gates have it asked for.
func scaleConfig(config *rest.Config) *rest.Config {
	config = rest.CopyConfig(config)
	if config.ContentType != protobufType {
		config.ContentType, config.AcceptContentTypes = "application/json", "application/json"
	}
	return config
}
