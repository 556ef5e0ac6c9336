namespace MnistML.Data;

/// <summary>Refuses options, with all that is wrong with them in one message.</summary>
internal static class OptionsViolations
{
    /// <exception cref="ArgumentException">Names every violation, one a line.</exception>
    public static void ThrowIfAny(IEnumerable<string> found, string parameterName)
    {
        string[] violations = [.. found];
        if (violations.Length > 0)
        {
            throw new ArgumentException(string.Join(Environment.NewLine, ["These options can't be used:", .. violations.Select(text => $"- {text}")]), parameterName);
        }
    }
}
