namespace MnistML.Training.Rows;

/// <summary>The label and the weight of a row.</summary>
/// <param name="Label">The class, zero-based.</param>
/// <param name="Weight">The factor on its loss, 0 or above.</param>
internal readonly record struct Target(int Label, float Weight);
