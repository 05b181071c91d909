package main

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"hash/fnv"
	"os"
	"sort"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/randfill"
)

// The kinds of objects: what is filled, and how much of it.
var fillings = []struct {
	name     string
	absent   float64 // how often a pointer, list or map stays nil
	min, max int     // elements of lists and maps; one that is there and empty is a case of its own
}{
	{"empty", 1, 0, 0},
	{"full", 0, 1, 2},
	{"some", 0.5, 0, 2},
	{"few", 0.85, 0, 2},
}

// fill writes one line an object: group/version.Kind/filling, then
//
//	json      the object as JSON
//	proto     the object as protobuf, in base64
//	fromProto the JSON after a journey through protobuf, if that is another
//	fromJson  the protobuf after a journey through JSON, if that is another
//	again     the JSON after a journey through JSON, if that is another
func fill(args []string) {
	if len(args) != 1 {
		usage()
	}
	file := must(os.Create(args[0]))
	zipped := must(gzip.NewWriterLevel(file, gzip.BestCompression))
	s := scheme.Scheme
	texts := json.NewSerializerWithOptions(json.DefaultMetaFactory, s, s, json.SerializerOptions{})
	messages := protobuf.NewSerializer(s, s)

	encode := func(e runtime.Encoder, obj runtime.Object) []byte {
		var out bytes.Buffer
		check(e.Encode(obj, &out))
		return bytes.TrimRight(out.Bytes(), "\n")
	}
	protoOf := func(obj runtime.Object) []byte {
		var out bytes.Buffer
		check(messages.Encode(obj, &out))
		return out.Bytes()
	}
	read := func(d runtime.Decoder, from []byte, gvk schema.GroupVersionKind) runtime.Object {
		obj, _, err := d.Decode(from, &gvk, must(s.New(gvk)))
		if err != nil {
			panic(fmt.Sprintf("%v: %v\n%s", gvk, err, from))
		}
		obj.GetObjectKind().SetGroupVersionKind(gvk)
		return obj
	}
	other := func(text, than []byte) []byte {
		if bytes.Equal(text, than) {
			return nil
		}
		return text
	}

	for _, gvk := range kinds(s) {
		for _, f := range fillings {
			name := gvk.Group + "/" + gvk.Version + "." + gvk.Kind + "/" + f.name
			hash := fnv.New64a()
			hash.Write([]byte(name))
			obj := must(s.New(gvk))
			if f.name != "empty" {
				filler(int64(hash.Sum64()), f.absent).NumElements(f.min, f.max).MaxDepth(depth(gvk)).Fill(obj)
			}
			obj.GetObjectKind().SetGroupVersionKind(gvk)

			text := encode(texts, obj)
			line := [][]byte{[]byte(name), text}
			if _, ok := obj.(interface{ MarshalTo([]byte) (int, error) }); ok {
				message := protoOf(obj)
				again := encode(texts, read(texts, text, gvk))
				fromProto := encode(texts, read(messages, message, gvk))
				fromText := protoOf(read(texts, text, gvk))
				line = append(line, base64Of(message), other(fromProto, text), base64Of(other(fromText, message)), other(again, text))
			}
			must(zipped.Write(append(bytes.Join(line, []byte("\t")), '\n')))
		}
	}
	check(zipped.Close())
	check(file.Close())
}

// What is deeper is cut off: a pod's template in a job's template in a cron job would be most of the file.
func depth(gvk schema.GroupVersionKind) int {
	if strings.HasSuffix(gvk.Kind, "List") {
		return 9
	}
	return 12
}

// kinds are the external ones of the scheme, the stable versions; the vocabulary of meta, which every group has, once.
func kinds(s *runtime.Scheme) []schema.GroupVersionKind {
	var all []schema.GroupVersionKind
	for gvk := range s.AllKnownTypes() {
		if gvk.Version == runtime.APIVersionInternal || strings.Contains(gvk.Version, "alpha") || strings.Contains(gvk.Version, "beta") {
			continue
		}
		if gvk.Group != "" && strings.Contains(s.AllKnownTypes()[gvk].PkgPath(), "apimachinery") {
			continue
		}
		all = append(all, gvk)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].String() < all[j].String() })
	return all
}

func filler(seed int64, absent float64) *randfill.Filler {
	texts := []string{"", "a", "kubernetes.io/name", "Größe", "日本", "\U0001F600", "<a href=\"x\">&</a>", "\\\t\n\u0001\u2028", "true", "10"}
	quantities := []string{"0", "1", "-1", "100m", "1500m", "0.5", "1.5Gi", "64Mi", "1024", "1e3", "12E", "9E", "5n", "0.001", "1000000", "1.5e-3", "0.1Ki"}
	raws := []string{`{"kind":"Any","apiVersion":"v1","n":[1,2.5,null]}`, `{}`, `{"a":{"b":"é"}}`}
	numbers := []int64{0, 1, -1, 7, 127, 128, 300, 65536, 1<<31 - 1, -1 << 31}
	pick := func(c randfill.Continue, n int) int { return c.Intn(n) }

	return randfill.NewWithSeed(seed).NilChance(absent).Funcs(
		func(v *string, c randfill.Continue) { *v = texts[pick(c, len(texts))] },
		func(v *int32, c randfill.Continue) { *v = int32(numbers[pick(c, len(numbers))]) },
		func(v *int64, c randfill.Continue) {
			if *v = numbers[pick(c, len(numbers))]; c.Intn(4) == 0 {
				*v = *v * *v * 2
			}
		},
		func(v *[]byte, c randfill.Continue) {
			*v = make([]byte, c.Intn(4))
			for i := range *v {
				(*v)[i] = byte(c.Intn(256))
			}
		},
		func(v *metav1.TypeMeta, c randfill.Continue) {},
		func(v *resource.Quantity, c randfill.Continue) { *v = resource.MustParse(quantities[pick(c, len(quantities))]) },
		func(v *intstr.IntOrString, c randfill.Continue) {
			if *v = intstr.FromInt32(int32(numbers[pick(c, len(numbers))])); c.Bool() {
				*v = intstr.FromString(texts[pick(c, len(texts))])
			}
		},
		func(v *metav1.Time, c randfill.Continue) {
			if *v = (metav1.Time{}); c.Intn(4) > 0 {
				v.Time = moment(c)
			}
		},
		func(v *metav1.MicroTime, c randfill.Continue) {
			if *v = (metav1.MicroTime{}); c.Intn(4) > 0 {
				v.Time = moment(c)
			}
		},
		// A pointer to the zero time is null in JSON, and nil when that is read: no program sends it, and only protobuf could tell it from nil.
		func(v **metav1.Time, c randfill.Continue) {
			if *v = nil; c.Float64() >= absent {
				*v = &metav1.Time{Time: moment(c)}
			}
		},
		func(v **metav1.MicroTime, c randfill.Continue) {
			if *v = nil; c.Float64() >= absent {
				*v = &metav1.MicroTime{Time: moment(c)}
			}
		},
		func(v *runtime.RawExtension, c randfill.Continue) {
			if *v = (runtime.RawExtension{}); c.Intn(4) > 0 {
				v.Raw = []byte(raws[pick(c, len(raws))])
			}
		},
		func(v *metav1.FieldsV1, c randfill.Continue) { *v = *metav1.NewFieldsV1(raws[pick(c, len(raws))]) },
	)
}

func moment(c randfill.Continue) time.Time {
	return time.Unix(c.Int63n(8_000_000_000)-2_000_000_000, c.Int63n(1_000_000_000)).UTC()
}

func base64Of(value []byte) []byte { return []byte(base64.StdEncoding.EncodeToString(value)) }
