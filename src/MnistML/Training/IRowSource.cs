namespace MnistML.Training;

/// <summary>Rows to learn from, that can be read again and again.</summary>
internal interface IRowSource
{
    int FeatureCount { get; }

    int ClassCount { get; }

    /// <summary>What the rows are, in error messages: training data, for example.</summary>
    string Name { get; }

    /// <summary>Begins to read. Rows come in their own order unless there is a seed and the source can shuffle.</summary>
    IRowReader Open(int? shuffleSeed);
}

/// <summary>One pass over rows. It belongs to one thread at a time.</summary>
internal interface IRowReader : IDisposable
{
    /// <summary>Reads the next row, if there is one.</summary>
    /// <param name="features">Overwritten by all features, zeros too.</param>
    /// <param name="tag">The row's class and weight.</param>
    bool Read(Span<float> features, out RowTag tag);
}

/// <summary>What a row has beside its features.</summary>
/// <param name="Label">The class, zero-based.</param>
/// <param name="Weight">The factor on its loss, 0 or above.</param>
internal readonly record struct RowTag(int Label, float Weight);
