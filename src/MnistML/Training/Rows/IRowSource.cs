namespace MnistML.Training.Rows;

/// <summary>Rows to learn from, that can be read again and again.</summary>
internal interface IRowSource
{
    int FeatureCount { get; }

    /// <summary>The number of classes; 1 in regression, where all rows are alike.</summary>
    int ClassCount { get; }

    /// <summary>What the rows are, in error messages: training data, for example.</summary>
    string Name { get; }

    /// <summary>Begins to read. Rows come in their own order unless there is a seed and the source can shuffle.</summary>
    IRowReader Open(ulong? shuffleSeed);
}
