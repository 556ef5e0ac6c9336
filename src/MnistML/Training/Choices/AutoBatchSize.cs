namespace MnistML.Training.Choices;

/// <summary>
/// The size of a batch of a table, or of sparse text, where the user leaves it open: few rows give more updates in smaller batches. A row
/// of text says little about each of many words, so that it takes more updates still.
/// </summary>
internal static class AutoBatchSize
{
    public static int Choose(FeatureKind kind, long rowCount) => (kind, rowCount) switch
    {
        (FeatureKind.SparseText, < 4_000) => 32,
        (FeatureKind.SparseText, < 20_000) => 64,
        (FeatureKind.SparseText, _) => 128,
        (FeatureKind.Table, < 1_000) => 64,
        (FeatureKind.Table, < 4_000) => 128,
        _ => 256,
    };
}
