namespace MnistML.Images.Judging;

/// <summary>How far a digit reaches in its picture.</summary>
internal enum PictureReach
{
    /// <summary>There is paper all around it.</summary>
    Inside,

    /// <summary>It reaches an edge, so that a part may be missing.</summary>
    Edge,

    /// <summary>It fills the height and the width, as if the picture were cut to it, and so is whole.</summary>
    Spanning,
}
