namespace MnistML;

/// <summary>What <c>Fit</c> does with a row that has a feature that is NaN or infinite.</summary>
public enum MlpInvalidFeatures
{
    /// <summary>Throws a <see cref="FormatException"/> that names row and slot.</summary>
    Throw,

    /// <summary>Skips the row, and reports the number of such rows in the log of the <c>MLContext</c>.</summary>
    SkipRow,
}
