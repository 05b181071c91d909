package main

import (
	"fmt"
	"math/rand"
	"os"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
)

// quantities writes texts, what Go makes of each, its whole value and its thousandths, both rounded up; or nothing after a text that Go refuses.
func quantities(args []string) {
	if len(args) != 1 {
		usage()
	}
	file := must(os.Create(args[0]))
	numbers := []string{"0", "1", "7", "-1", "+1", "10", "100", "1000", "1024", "-1024", "1023", "1025", "2048", "1536", "0.5", "-0.5", ".5", "5.", "1.5", "0.1", "0.001", "0.0000000001", "00.10", "007",
		"1000000", "1048576", "999999999999", "123456789012345678", "9223372036854775807", "9223372036854775808", "99999999999999999999", "1.000000000000000000001", "1.1.1", ".", "-", ""}
	suffixes := []string{"", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "e3", "E3", "e-3", "e0", "e9", "e10", "e18", "e-9", "e-10", "e+2", "e", "K", "mi", "ki", "Zi", "ee3", " "}
	var texts []string
	for _, number := range numbers {
		for _, suffix := range suffixes {
			texts = append(texts, number+suffix)
		}
	}
	random := rand.New(rand.NewSource(36))
	for range 1000 {
		digits := fmt.Sprint(random.Int63n(1 << uint(1+random.Intn(60))))
		if point := random.Intn(3 * len(digits)); point < len(digits) {
			digits = digits[:point] + "." + digits[point:]
		}
		texts = append(texts, []string{"", "-", ""}[random.Intn(3)]+digits+suffixes[random.Intn(22)])
	}
	for _, text := range texts {
		cells := []string{text}
		if q, err := resource.ParseQuantity(text); err == nil {
			// The text of one that was parsed is remembered if it looks canonical.
			again := q.DeepCopy()
			q.Neg()
			q.Neg()
			cells = append(cells, again.String(), q.String(), fmt.Sprint(q.Value()), fmt.Sprint(q.MilliValue()))
		}
		must(file.WriteString(strings.Join(cells, "\t") + "\n"))
	}
	check(file.Close())
}
