namespace MnistML.Tests.Support;

/// <summary>What a picture of handwritten digits is like.</summary>
internal enum PictureKind
{
    /// <summary>Dark ink on light paper that fills the picture.</summary>
    Plain,

    /// <summary>A sheet of paper, turned a little, on a desk of another colour, plain or with a grain.</summary>
    Desk,

    /// <summary>A printed frame around the digit.</summary>
    Frame,

    /// <summary>Ruling: parallel lines in several inks, widths and distances.</summary>
    Lines,

    /// <summary>Squared paper.</summary>
    Squares,

    /// <summary>A shadow with an edge, hard or soft, across the paper.</summary>
    Shadow,

    /// <summary>The camera was turned by up to 20°.</summary>
    Tilted,

    /// <summary>Coloured ink on coloured paper, or chalk on a board.</summary>
    Colours,

    /// <summary>Pencil: grey, grainy, hardly darker than the paper.</summary>
    Pencil,

    /// <summary>Pencil, and a hard shadow across it.</summary>
    PencilInShadow,

    /// <summary>Two to five digits beside each other.</summary>
    Several,

    /// <summary>The digit cut to its box, enlarged, dark on white.</summary>
    TightOnWhite,

    /// <summary>The digit cut to its box, enlarged, dark on grey.</summary>
    TightOnGrey,

    /// <summary>The digit cut to its box, enlarged, light on black.</summary>
    TightOnBlack,

    /// <summary>Two digits whose ink touches.</summary>
    Touching,
}
