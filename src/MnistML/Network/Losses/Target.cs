namespace MnistML.Network.Losses;

/// <summary>What the network should predict for a row, and how much the row counts.</summary>
/// <param name="Class">The class, zero-based; 0 in regression, where all rows are alike.</param>
/// <param name="Value">The label in regression; 0 in classification.</param>
/// <param name="Weight">The factor on the row's loss, 0 or above.</param>
internal readonly record struct Target(int Class, float Value, float Weight);
