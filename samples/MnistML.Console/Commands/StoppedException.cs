namespace MnistML.Samples.Commands;

/// <summary>A command was interrupted.</summary>
/// <param name="kept">What happened to its work, written after the word "Interrupted", without a full stop.</param>
/// <param name="nextSteps">Commands to try next.</param>
internal sealed class StoppedException(string kept, params string[][] nextSteps) : OperationCanceledException($"Interrupted: {kept}.")
{
    public IReadOnlyList<string[]> NextSteps { get; } = nextSteps;
}
