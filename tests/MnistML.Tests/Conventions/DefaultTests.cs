using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace MnistML.Tests.Conventions;

/// <summary>Checks that the documentation of each option states its real default ("…, the default", "… by default").</summary>
internal sealed partial class DefaultTests
{
    private const long Gibibyte = 1L << 30;

    private static readonly object[] Options =
    [
        new MlpTrainer.Options(),
        new MlpBinaryTrainer.Options(),
        new MlpRegressionTrainer.Options(),
        new IdxLoaderOptions(),
        new IdxSaverOptions(),
        new MlpEarlyStopping(),
        new MlpAugmentation(2, 3),
        MlpSchedule.Constant,
    ];

    private static readonly Dictionary<string, XElement> Documentation =
        XDocument.Load(Path.ChangeExtension(typeof(MlpTrainer).Assembly.Location, ".xml"))
            .Descendants("member").ToDictionary(member => member.Attribute("name")!.Value);

    private static IEnumerable<TestCaseData> Properties =>
        from options in Options
        from property in options.GetType().GetProperties()
        where IsSetByUsers(property)
        select new TestCaseData(property, property.GetValue(options)).SetArgDisplayNames(NameOf(property));

    private static IEnumerable<TestCaseData> Parameters =>
        from type in new[] { typeof(MlpOptimizer), typeof(MlpSchedule) }
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
        where method.ReturnType == type
        from parameter in method.GetParameters()
        where parameter.HasDefaultValue
        select new TestCaseData(parameter).SetArgDisplayNames($"{type.Name}.{method.Name}, {parameter.Name}");

    [Test]
    public void Options_OfTheLibrary_AreAllHeldToTheirDefaults()
    {
        var withRules = typeof(MlpTrainer).Assembly.GetExportedTypes()
            .Where(type => !type.IsAbstract && type.GetProperties().Any(IsValidatedOption));

        Assert.That(withRules, Is.SubsetOf(Options.Select(options => options.GetType())));
    }

    [TestCaseSource(nameof(Properties))]
    public void Summary_OfAnOption_StatesItsDefault(PropertyInfo property, object? value)
    {
        var summary = TextOf(Documentation[$"P:{property.DeclaringType!.FullName!.Replace('+', '.')}.{property.Name}"].Element("summary")!);

        Assert.That(StatedIn(summary), Is.EqualTo((string[])[Shown(value)]), summary);
    }

    [TestCaseSource(nameof(Parameters))]
    public void Documentation_OfAParameterThatMakesAnOption_StatesItsDefault(ParameterInfo parameter)
    {
        var method = $"M:{parameter.Member.DeclaringType!.FullName}.{parameter.Member.Name}(";
        var text = TextOf(Documentation.Single(member => member.Key.StartsWith(method, StringComparison.Ordinal)).Value
            .Elements("param").Single(element => element.Attribute("name")!.Value == parameter.Name));

        Assert.That(StatedIn(text), Is.EqualTo((string[])[Shown(parameter.DefaultValue)]), text);
    }

    [TestCase("The rate, above 0; 0.5 by default.", "0.5")]
    [TestCase("From 0, the default, up to 1.", "0")]
    [TestCase("Where it is: \"cpu\", the default, or \"cuda\".", "\"cpu\"")]
    [TestCase("Units of each layer; 512 and 256 by default.", "512 and 256")]
    [TestCase("Null, the default, is off.", "null")]
    [TestCase("The default is good.")]
    public void StatedIn_AText_IsWhatItCallsTheDefault(string text, params string[] expected) =>
        Assert.That(StatedIn(text), Is.EqualTo(expected));

    /// <summary>A property that a constructor requires has no default.</summary>
    private static bool IsSetByUsers(PropertyInfo property) =>
        property.SetMethod is { IsPublic: true }
        && !property.ReflectedType!.GetConstructors()
            .SelectMany(constructor => constructor.GetParameters())
            .Where(parameter => !parameter.HasDefaultValue)
            .Any(parameter => string.Equals(parameter.Name, property.Name, StringComparison.OrdinalIgnoreCase));

    private static bool IsValidatedOption(PropertyInfo property) =>
        IsSetByUsers(property) && property.GetCustomAttributes<ValidationAttribute>().Any();

    private static string NameOf(PropertyInfo property) =>
        $"{property.ReflectedType!.FullName!.Split('.')[^1].Replace('+', '.')}.{property.Name}";

    private static IEnumerable<string> StatedIn(string text) =>
        Statement().Matches(text).Select(match => match.Groups["value"].Value).Select(LowerWord).Distinct();

    /// <summary>Null, True and False are written with a capital where they begin a sentence.</summary>
    private static string LowerWord(string value) => value is "Null" or "True" or "False" ? value.ToLowerInvariant() : value;

    /// <summary>The text of an element. A reference is replaced by its last name, white space by single spaces.</summary>
    private static string TextOf(XElement element)
    {
        var copy = new XElement(element);
        foreach (var reference in copy.Descendants().Where(descendant => descendant.Attribute("cref") is not null).ToArray())
        {
            reference.ReplaceWith(reference.Attribute("cref")!.Value.Split('(')[0].Split('.')[^1]);
        }

        return Spaces().Replace(copy.Value, " ").Trim();
    }

    /// <summary>A default as the documentation writes it.</summary>
    private static string Shown(object? value) => value switch
    {
        null => "null",
        true => "true",
        false => "false",
        string text => $"\"{text}\"",
        CancellationToken token => token.CanBeCanceled ? "a token" : "none",
        long bytes when bytes > 0 && bytes % Gibibyte == 0 => FormattableString.Invariant($"{bytes / Gibibyte} GiB"),
        IEnumerable<int> sizes => string.Join(" and ", sizes),
        MlpOptimizer optimizer => Shown(optimizer),
        Enum or MlpInitializer or MlpSchedule or MlpFeatureEncoding or MlpClassWeights or MlpRegressionLoss => NameOfChoice(value),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"How is the default {value} written?"),
    };

    private static string Shown(MlpOptimizer optimizer)
    {
        Assert.That(optimizer, Is.EqualTo(MlpOptimizer.AdamW(optimizer.LearningRate, weightDecay: optimizer.WeightDecay)));
        return FormattableString.Invariant(
            $"AdamW with a learning rate of {optimizer.LearningRate} and a weight decay of {optimizer.WeightDecay}");
    }

    /// <summary>
    /// The name of the member that makes a choice: a value of an enum, a static property, or a static method whose parameters all have
    /// defaults.
    /// </summary>
    private static string NameOfChoice(object value)
    {
        if (value is Enum)
        {
            return value.ToString()!;
        }

        var type = value.GetType().BaseType is { IsAbstract: true } family && family != typeof(object) ? family : value.GetType();
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Static)
            .Where(property => value.Equals(property.GetValue(null)));
        var methods = type.GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Where(method => method.ReturnType == type && !method.IsSpecialName)
            .Where(method => method.GetParameters().All(parameter => parameter.HasDefaultValue))
            .Where(method => value.Equals(method.Invoke(null, [.. method.GetParameters().Select(parameter => parameter.DefaultValue)])));
        return properties.Concat<MemberInfo>(methods).First().Name;
    }

    [GeneratedRegex(@"(?<value>""[^""]*""|[^\s,;:()]+), the default\b|(?:^|[;,(] |\. )(?<value>(?:[^;,.(]|\.(?=\d))+?) by default\b")]
    private static partial Regex Statement();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
