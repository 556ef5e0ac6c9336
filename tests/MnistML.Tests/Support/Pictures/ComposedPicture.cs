namespace MnistML.Tests.Support;

/// <summary>A picture that was composed of real handwriting.</summary>
/// <param name="Kind">What it is like.</param>
/// <param name="File">The bytes of a PNG or JPEG file.</param>
/// <param name="Labels">The digits in it, from left to right.</param>
internal sealed record ComposedPicture(PictureKind Kind, byte[] File, IReadOnlyList<int> Labels);
