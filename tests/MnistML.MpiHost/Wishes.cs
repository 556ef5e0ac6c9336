using System.Globalization;

namespace MnistML.MpiHost;

/// <summary>What the command line asks of one rank: <c>name=value</c> for all, and <c>@rank:name=value</c> for one.</summary>
internal sealed class Wishes(string[] arguments, int rank)
{
    private readonly Dictionary<string, string> _values = arguments
        .Where(argument => !argument.StartsWith('@'))
        .Concat(arguments.Where(argument => argument.StartsWith($"@{rank}:", StringComparison.Ordinal)).Select(argument => argument[3..]))
        .Select(argument => argument.Split('=', 2))
        .GroupBy(parts => parts[0])
        .ToDictionary(parts => parts.Key, parts => parts.Last()[1]);

    public string? Text(string name) => _values.GetValueOrDefault(name);

    public double? Number(string name) => Text(name) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : null;

    public int Count(string name, int otherwise) => (int)(Number(name) ?? otherwise);
}
