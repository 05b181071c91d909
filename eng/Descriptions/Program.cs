using System.IO.Compression;
using KubeSharp.Descriptions;

// Usage: Descriptions KubernetesClient.xml fields.tsv kinds.tsv descriptions.br
var texts = ClientDocumentation.Read(args[0]);
var lines = Matching.Lines(texts, FieldRow.Read(args[1], args[2]));

using var file = File.Create(args[3]);
using var packed = new BrotliStream(file, new BrotliCompressionOptions { Quality = 11 });
using var output = new StreamWriter(packed) { NewLine = "\n" };
foreach (var line in lines)
    output.WriteLine(line);
