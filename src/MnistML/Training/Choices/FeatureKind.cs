namespace MnistML.Training.Choices;

/// <summary>What features are like, as far as it matters for the choice of a network.</summary>
internal enum FeatureKind
{
    /// <summary>Columns of any kind.</summary>
    Table,

    /// <summary>Pixels: neighbours are alike.</summary>
    Images,

    /// <summary>Words or other rare things: very many columns that are nearly always zero.</summary>
    SparseText,
}
