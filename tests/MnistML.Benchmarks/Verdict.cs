namespace MnistML.Benchmarks;

/// <summary>Prints what was found beside what was promised, and keeps whether all promises held.</summary>
/// <param name="checksSpeeds">
/// Whether a speed that was missed breaks a promise. A short form, and a machine that does other work too, do not show speeds well.
/// </param>
internal sealed class Verdict(bool checksSpeeds = false)
{
    public bool Failed { get; private set; }

    public int ExitCode => Failed ? 1 : 0;

    /// <summary>Judges bytes, files, accuracy and bits, which do not depend on the machine's speed. If broken, the command fails.</summary>
    /// <param name="holds">Whether the promise held.</param>
    /// <param name="what">The promise with the figure found.</param>
    public void Expect(bool holds, string what)
    {
        Failed |= !holds;
        Console.WriteLine($"{(holds ? "  held" : "BROKEN")}  {what}");
    }

    /// <summary>Judges a speed, or a ratio of speeds. If it does not hold, the command fails only where speeds are checked.</summary>
    /// <param name="holds">Whether the promise held.</param>
    /// <param name="what">The promise with the figure found.</param>
    public void ExpectSpeed(bool holds, string what)
    {
        if (holds || checksSpeeds)
        {
            Expect(holds, what);
        }
        else
        {
            Console.WriteLine($"missed (short form)  {what}");
        }
    }
}
