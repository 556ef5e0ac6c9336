namespace MnistML.Datasets.Synthetic;

/// <summary>A short straight piece of ink: its two ends and half of its width, all in the same unit.</summary>
internal readonly record struct DigitSegment(DigitPoint Start, DigitPoint End, double Radius);
