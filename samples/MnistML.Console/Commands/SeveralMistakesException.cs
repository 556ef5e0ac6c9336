namespace MnistML.Samples.Commands;

/// <summary>Mistakes of the user that have nothing to do with each other; each is written on a line of its own.</summary>
/// <param name="mistakes">What is wrong, in whole sentences.</param>
internal sealed class SeveralMistakesException(IReadOnlyList<string> mistakes) : ArgumentException(string.Join(' ', mistakes))
{
    public IReadOnlyList<string> Mistakes { get; } = mistakes;
}
