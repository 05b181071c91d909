// A program of the kind that users write with client-go: `goclient walk` drives a running server as they do and reports what is not as upstream,
// `goclient fill` writes objects of every kind, each as JSON and as protobuf, and `goclient quantities` quantities, for the tests of our codecs.
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) < 2 {
		usage()
	}
	switch os.Args[1] {
	case "fill":
		fill(os.Args[2:])
	case "walk":
		walk(os.Args[2:])
	case "quantities":
		quantities(os.Args[2:])
	default:
		usage()
	}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: goclient fill FILE.gz | quantities FILE | walk [-record FILE] [section ...]")
	os.Exit(2)
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
