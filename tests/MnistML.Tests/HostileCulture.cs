using System.Globalization;

namespace MnistML.Tests;

/// <summary>
/// Every test runs under a culture in which no number looks like C#'s: a text that is made or read without saying its culture comes out
/// other than expected. It starts from the machine's culture, so that a Turkish machine keeps its casing.
/// </summary>
[SetUpFixture]
public sealed class HostileCulture
{
    private readonly CultureInfo? _defaultBefore = CultureInfo.DefaultThreadCurrentCulture;

    /// <summary>The culture of this thread and of new ones, until the tests have run.</summary>
    [OneTimeSetUp]
    public void Enter()
    {
        var culture = Make(CultureInfo.CurrentCulture);
        CultureInfo.CurrentCulture = culture;
        CultureInfo.DefaultThreadCurrentCulture = culture;
    }

    [OneTimeTearDown]
    public void Leave() => CultureInfo.DefaultThreadCurrentCulture = _defaultBefore;

    /// <summary>A copy of a culture with a decimal comma and other signs, infinities, NaN, percents and dates.</summary>
    internal static CultureInfo Make(CultureInfo basis)
    {
        var culture = (CultureInfo)basis.Clone();
        var numbers = culture.NumberFormat;
        numbers.NumberDecimalSeparator = numbers.PercentDecimalSeparator = numbers.CurrencyDecimalSeparator = ",";
        numbers.NumberGroupSeparator = numbers.PercentGroupSeparator = numbers.CurrencyGroupSeparator = ".";
        numbers.NegativeSign = "\u2212";
        numbers.PositiveSign = "(+)";
        numbers.NaNSymbol = "keine Zahl";
        numbers.PositiveInfinitySymbol = "unendlich";
        numbers.NegativeInfinitySymbol = "\u2212unendlich";
        numbers.PercentSymbol = " Prozent";
        culture.DateTimeFormat.DateSeparator = ".";
        culture.DateTimeFormat.TimeSeparator = "~";
        culture.TextInfo.ListSeparator = ";";
        return culture;
    }
}
