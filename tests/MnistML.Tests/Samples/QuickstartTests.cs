using System.Globalization;
using System.Text.RegularExpressions;
using MnistML.Tests.Support;

namespace MnistML.Tests.Samples;

/// <summary>The sample to copy from does what its comments say.</summary>
internal sealed partial class QuickstartTests
{
    private const int Side = 28;

    [Test]
    public void Program_Run_LooksFitsEvaluatesSavesLoadsPredictsAndExplains()
    {
        using var folder = new TemporaryFolder();
        var work = Directory.CreateDirectory(folder.PathOf("work")).FullName;

        var result = Host.Run("MnistML.Quickstart", work, [], environment: ("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1"));

        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        var lines = result.Output.TrimEnd('\n').Split('\n');
        var label = FirstLine().Match(lines[0]).Groups[1].Value;
        Assert.That(label, Is.Not.Empty, lines[0]);
        Assert.That(lines[1..(Side + 1)], Has.All.Match("^[#: ]{0,56}$").And.Some.Contains("##"));
        Assert.That(
            lines[(Side + 1)..].Select(line => Figures().Replace(line, "#")),
            Is.EqualTo([
                .. Enumerable.Range(1, 3).Select(epoch => $"Epoch {epoch}/3, loss #, accuracy #"),
                "Test accuracy: #, test loss: #",
                "  Task           multiclass classification",
                "  Architecture   784-256-128-10, 235,146 parameters",
                "  Activation     Relu",
                "  Classes        10: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9",
                "  Features       784",
                "  Seed           1",
                "  Training rows  12,000",
                $"Predicted: {label}, probability #",
                "Loss of this image: -ln # = #; Evaluate says #",
            ]));

        double[] evaluation = [.. FiguresOf(lines.Single(line => line.StartsWith("Test accuracy", StringComparison.Ordinal)))];
        double[] loss = [.. FiguresOf(lines[^1])];
        Assert.That(evaluation[0], Is.GreaterThan(0.95));
        Assert.That(loss[1], Is.EqualTo(loss[2]).Within(1e-4).And.EqualTo(-Math.Log(loss[0])).Within(1e-3));
        Assert.That(Path.Combine(work, "mnistml-out", "digits.zip"), Does.Exist);
    }

    private static IEnumerable<double> FiguresOf(string line) =>
        Figures().Matches(line).Select(match => double.Parse(match.Value, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"^The first test image is a (\d):$")]
    private static partial Regex FirstLine();

    [GeneratedRegex(@"\d+\.\d{4}")]
    private static partial Regex Figures();
}
