using Microsoft.ML.Data;

namespace MnistML.Tests.Support;

/// <summary>A row with a label for each task.</summary>
internal sealed class TaskRow
{
    [VectorType(TaskCase.FeatureCount)]
    public float[] Features { get; set; } = [];

    /// <summary>Zero-based on the way in, as ML.NET reads such a property.</summary>
    [KeyType(3)]
    public uint Key { get; set; }

    public bool Flag { get; set; }

    public float Number { get; set; }

    public float Weight { get; set; }
}
