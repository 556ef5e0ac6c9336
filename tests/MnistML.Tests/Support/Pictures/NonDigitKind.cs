namespace MnistML.Tests.Support;

/// <summary>What is in a picture without digits.</summary>
internal enum NonDigitKind
{
    /// <summary>A curve that wanders, as from trying a pen.</summary>
    Scribble,

    /// <summary>A capital letter that looks like no digit.</summary>
    Letter,

    /// <summary>A frame with nothing in it.</summary>
    Frame,

    /// <summary>A grid of few cells.</summary>
    Grid,

    /// <summary>A digit and a letter that touch.</summary>
    TwoPieces,

    /// <summary>Spots of all sizes.</summary>
    Spots,

    /// <summary>Nothing but noise, from pixels to blots.</summary>
    Noise,
}
