using System.CommandLine;
using System.Globalization;

namespace MnistML.Benchmarks.Tabular;

/// <summary>
/// What the default options cost with very many classes: seconds to fit, save, load and predict, peak memory, accuracy, and whether the
/// loaded model gives the live one's bits. Beside them are ML.NET's own trainers, on fewer classes, for their time grows with the square of
/// these. Each runs in a process of its own.
/// </summary>
internal static class ManyClassesCommand
{
    private const string Name = "many-classes";
    private const double MaxSeconds = 60;
    private const double MaxMebibytes = 1e9 / (1 << 20);
    private const double MinAccuracy = 0.8;

    public static Command Create()
    {
        var classes = new Option<int>("--classes") { Description = "Classes of the large table", DefaultValueFactory = _ => 20_000 };
        var rivalClasses = new Option<int>("--rival-classes")
        {
            Description = "Classes of the table on which ML.NET's trainers take part; 0 leaves them out",
            DefaultValueFactory = _ => 500,
        };
        var rows = new Option<int>("--rows") { Description = "Rows of each class", DefaultValueFactory = _ => 4 };
        var seed = new Option<int>("--seed") { Description = "Draws tables and weights", DefaultValueFactory = _ => 1 };
        var check = new Option<bool>("--check") { Description = "Fail on a speed that is missed too" };
        var single = new Option<string?>("--single") { Description = "Measure this trainer alone", Hidden = true };
        var command = new Command(Name, "Fit, save, load and predict with very many classes, beside ML.NET's trainers with fewer")
        {
            classes, rivalClasses, rows, seed, check, single,
        };
        command.SetAction(parsed =>
        {
            var sizes = new Sizes(parsed.GetValue(classes), parsed.GetValue(rows), parsed.GetValue(seed));
            if (parsed.GetValue(single) is { } name)
            {
                var contestant = Contestant.Rivals.Append(Contestant.Mlp).Single(contestant => contestant.Name == name);
                OwnProcess.Print(ManyClassesFigures.Measure(contestant, sizes.Classes, sizes.RowsOfClass, sizes.Seed));
                return 0;
            }

            return Compare(sizes, parsed.GetValue(rivalClasses), new Verdict(parsed.GetValue(check)));
        });
        return command;
    }

    private static int Compare(Sizes sizes, int rivalClasses, Verdict verdict)
    {
        var ours = Show(Contestant.Mlp.Name, sizes);
        if (rivalClasses > 0)
        {
            var smaller = sizes with { Classes = rivalClasses };
            foreach (var contestant in Contestant.Rivals.Prepend(Contestant.Mlp))
            {
                Show(contestant.Name, smaller);
            }
        }

        verdict.ExpectSpeed(ours.Seconds < MaxSeconds, Text($"in all less than {MaxSeconds} s: {ours.Seconds:F1}"));
        verdict.Expect(ours.PeakMebibytes < MaxMebibytes, Text($"peak memory less than {MaxMebibytes:F0} MiB: {ours.PeakMebibytes:F0}"));
        verdict.Expect(ours.Accuracy >= MinAccuracy, Text($"accuracy at least {MinAccuracy}: {ours.Accuracy:F3}"));
        verdict.Expect(ours.AreBitsEqual, "the loaded model's scores are the live one's, bit for bit");
        return verdict.ExitCode;
    }

    private static ManyClassesFigures Show(string trainer, Sizes sizes)
    {
        var found = OwnProcess.Run<ManyClassesFigures>(
            Name, "--single", trainer, "--classes", Text($"{sizes.Classes}"), "--rows", Text($"{sizes.RowsOfClass}"),
            "--seed", Text($"{sizes.Seed}"));
        Console.WriteLine(
            Text($"{sizes.Classes,7:N0} classes × {sizes.RowsOfClass}  {found.Trainer}: fit {found.FitSeconds:F2} s, ")
            + Text($"save {found.SaveSeconds:F2} s, load {found.LoadSeconds:F2} s, ")
            + Text($"{ManyClassesFigures.Predictions / found.PredictSeconds:F0} predictions a second, accuracy {found.Accuracy:F3}, ")
            + Text($"file {found.FileMebibytes:F1} MiB, peak {found.PeakMebibytes:F0} MiB"));
        return found;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record Sizes(int Classes, int RowsOfClass, int Seed);
}
