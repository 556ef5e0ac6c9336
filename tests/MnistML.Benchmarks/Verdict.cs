namespace MnistML.Benchmarks;

/// <summary>Prints what was found beside what was promised, and keeps whether all promises held.</summary>
internal sealed class Verdict
{
    public bool Failed { get; private set; }

    public int ExitCode => Failed ? 1 : 0;

    /// <param name="holds">Whether the promise held.</param>
    /// <param name="what">The promise with the figure found.</param>
    public void Expect(bool holds, string what)
    {
        Failed |= !holds;
        Console.WriteLine($"{(holds ? "  held" : "BROKEN")}  {what}");
    }
}
