using MnistML.OnnxExport.Onnx;

namespace MnistML.OnnxExport.Conversion;

/// <summary>
/// Runs of words that are counted. A stage that was loaded no longer knows that it counts shorter runs too, so that the converter writes
/// the maximum for the minimum. The pool of runs shows which there are.
/// </summary>
internal static class NgramLengths
{
    /// <summary>Mends each place where runs of words are counted in a graph.</summary>
    public static void Mend(GraphProto graph)
    {
        foreach (var node in graph.Node.Where(node => node.OpType == "TfIdfVectorizer"))
        {
            var starts = Attribute(node, "ngram_counts").Ints;
            var poolSize = Attribute(node, "pool_int64s").Ints.Count;

            // The pool has single words first, then pairs, and so on; each length begins where it says.
            var shortest = Enumerable.Range(0, starts.Count)
                .First(length => (length + 1 < starts.Count ? starts[length + 1] : poolSize) > starts[length]) + 1;
            var min = Attribute(node, "min_gram_length");
            min.I = Math.Min(min.I, shortest);
        }
    }

    private static AttributeProto Attribute(NodeProto node, string name) => node.Attribute.Single(attribute => attribute.Name == name);
}
