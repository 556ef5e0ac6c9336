using System.Runtime.InteropServices;
using System.Text;

namespace MnistML.Training.Group;

/// <summary>
/// What a training does together with the other processes of its group. Alone, which is the rule, each method gives back what it was given.
/// </summary>
/// <param name="group">The group; null for a training that is alone.</param>
internal sealed class TrainingGroup(IMlpGroup? group)
{
    /// <summary>A training that is alone.</summary>
    public static TrainingGroup None { get; } = new(null);

    /// <summary>What the options name.</summary>
    public static TrainingGroup Of(IMlpGroup? group) => group is null ? None : new TrainingGroup(group);

    public bool IsAlone => group is null;

    public int Rank => group?.Rank ?? 0;

    public int Size => group?.Size ?? 1;

    /// <summary>Whether this process reports, and writes files: one of the group does.</summary>
    public bool IsFirst => Rank == 0;

    /// <summary>The last exception that all processes throw, so that none waits for another.</summary>
    public Exception? Agreed { get; private set; }

    /// <summary>This process's share of things that are dealt out one by one, the first to rank 0.</summary>
    public int ShareOf(int count) => (count - Rank + Size - 1) / Size;

    /// <summary>Sums over the processes, in place.</summary>
    public void Sum(Span<float> values) => group?.Sum(values);

    /// <inheritdoc cref="Sum(Span{float})"/>
    public void Sum(Span<double> values) => group?.Sum(values);

    /// <summary>The value of rank 0.</summary>
    public T Broadcast<T>(T value)
        where T : unmanaged
    {
        group?.Broadcast(MemoryMarshal.AsBytes(new Span<T>(ref value)));
        return value;
    }

    /// <summary>The values of rank 0, in place.</summary>
    public void Broadcast(Span<float> values) => group?.Broadcast(MemoryMarshal.AsBytes(values));

    /// <summary>The bytes that rank 0 has; null where it has none.</summary>
    public byte[]? Broadcast(byte[]? bytes)
    {
        if (group is null)
        {
            return bytes;
        }

        var length = Broadcast(bytes?.Length ?? -1);
        if (length < 0)
        {
            return null;
        }

        var received = IsFirst ? bytes! : new byte[length];
        group.Broadcast(received);
        return received;
    }

    /// <summary>Records an exception that every process throws at this point, so that it need not end the others.</summary>
    public T Agree<T>(T exception)
        where T : Exception
    {
        if (!IsAlone)
        {
            Agreed = exception;
            exception.Data[IMlpGroup.ThrownByAll] = true;
        }

        return exception;
    }

    /// <summary>
    /// Does work in which the processes do not meet. If one of them is cancelled meanwhile, all throw when the others have done theirs.
    /// </summary>
    /// <exception cref="OperationCanceledException">One was cancelled.</exception>
    public T Together<T>(Func<CancellationToken, T> work, CancellationToken cancellationToken)
    {
        if (group is null)
        {
            return work(cancellationToken);
        }

        var result = default(T);
        var isCancelled = false;
        try
        {
            result = work(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            isCancelled = true;
        }

        return RanksOf(isCancelled) is { Count: > 0 } ranks ? throw Cancelled(ranks) : result!;
    }

    /// <summary>What all throw when one was cancelled.</summary>
    public OperationCanceledException Cancelled(IReadOnlyList<int> ranks) =>
        Agree(new OperationCanceledException(
            ranks.Count == 0 ? "The training was cancelled." : $"The training was cancelled by {NamesOf(ranks)}."));

    /// <summary>Refuses to begin where processes have different trainings.</summary>
    /// <param name="fingerprint">What identifies this process's training.</param>
    /// <exception cref="InvalidOperationException">Some differ; the message names them, and what differs.</exception>
    public void ThrowIfOther(IReadOnlyDictionary<string, string> fingerprint)
    {
        if (group is null)
        {
            return;
        }

        var first = Decode(Broadcast(IsFirst ? Encode(fingerprint) : null)!);
        var differences = string.Join(Environment.NewLine, first.Keys.Union(fingerprint.Keys).Order(StringComparer.Ordinal)
            .Select(name => (Name: name, First: first.GetValueOrDefault(name, "none"), Here: fingerprint.GetValueOrDefault(name, "none")))
            .Where(entry => entry.First != entry.Here)
            .Select(entry => $"- {entry.Name} is {entry.Here} in rank {Rank}, but {entry.First} in rank 0."));
        var all = Gather(differences);
        if (all.Any(text => text.Length > 0))
        {
            throw Agree(new InvalidOperationException(string.Join(
                Environment.NewLine,
                [
                    "The processes of the group do not train the same network on the same rows:",
                    .. all.Where(text => text.Length > 0),
                    "Give all of them the same data, options and seed.",
                ])));
        }
    }

    /// <summary>Checks that all have the same.</summary>
    /// <param name="hash">A hash of what must be the same.</param>
    /// <param name="describe">Says what differs, in a sentence that begins with the ranks.</param>
    /// <exception cref="InvalidOperationException">Some have another one than rank 0.</exception>
    public void ThrowIfDifferent(byte[] hash, Func<string, string> describe)
    {
        if (group is null)
        {
            return;
        }

        var first = Broadcast(hash.ToArray());
        if (RanksOf(!hash.AsSpan().SequenceEqual(first)) is { Count: > 0 } ranks)
        {
            throw Agree(new InvalidOperationException(describe(NamesOf(ranks))));
        }
    }

    /// <summary>Ends all processes.</summary>
    public void Abort(Exception cause) =>
        group?.Abort($"Fit ended with {cause.GetType().Name}: {cause.Message}");

    /// <summary>The ranks in which something is true.</summary>
    private List<int> RanksOf(bool isTrue)
    {
        var flags = new double[Size];
        flags[Rank] = isTrue ? 1 : 0;
        Sum(flags);
        return [.. Enumerable.Range(0, Size).Where(rank => flags[rank] != 0)];
    }

    /// <summary>The texts of all processes, by rank.</summary>
    private string[] Gather(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var lengths = new double[Size];
        lengths[Rank] = bytes.Length;
        Sum(lengths);
        var all = new double[(int)lengths.Sum()];
        var start = (int)lengths.Take(Rank).Sum();
        for (var i = 0; i < bytes.Length; i++)
        {
            all[start + i] = bytes[i];
        }

        Sum(all);
        var position = 0;
        return
        [
            .. lengths.Select(length =>
            {
                var part = all.AsSpan(position, (int)length).ToArray();
                position += part.Length;
                return Encoding.UTF8.GetString([.. part.Select(value => (byte)value)]);
            }),
        ];
    }

    private static string NamesOf(IReadOnlyList<int> ranks) =>
        (ranks.Count == 1 ? "rank " : "ranks ") + string.Join(", ", ranks);

    private static byte[] Encode(IReadOnlyDictionary<string, string> fingerprint) =>
        Encoding.UTF8.GetBytes(string.Join('\0', fingerprint.SelectMany(entry => new[] { entry.Key, entry.Value })));

    private static Dictionary<string, string> Decode(byte[] bytes) => Encoding.UTF8.GetString(bytes).Split('\0')
        .Chunk(2).ToDictionary(entry => entry[0], entry => entry[1]);
}
