using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MnistML.Native;
using MnistML.Training.Loop;
using MnistML.Training.Rows;

namespace MnistML.Benchmarks.Speed;

/// <summary>
/// Compares a tiny network on a tiny table with scikit-learn. The time of such a training is mostly the overhead of its steps.
/// </summary>
internal static class SmallCommand
{
    private const int Rows = 150;
    private const int Features = 16;
    private const int Units = 32;
    private const int Classes = 3;
    private const string Python = "/usr/bin/python3";

    private static readonly string Script = $"""
        import sys, time, warnings
        import numpy
        from sklearn.neural_network import MLPClassifier
        warnings.simplefilter("ignore")
        steps = int(sys.argv[1])
        random = numpy.random.default_rng(1)
        x, y = random.random(({Rows}, {Features}), dtype=numpy.float32), numpy.arange({Rows}) % {Classes}
        def train(steps):
            start = time.perf_counter()
            MLPClassifier(({Units},), batch_size={Rows}, max_iter=steps, tol=0, n_iter_no_change=steps, random_state=1).fit(x, y)
            return time.perf_counter() - start
        train(10)
        print(train(steps))
        """;

    public static Command Create()
    {
        var steps = new Option<int>("--steps") { Description = "Steps of Adam on both sides", DefaultValueFactory = _ => 2_000 };
        var rounds = new Option<int>("--rounds") { Description = "Trainings of each side, in turn", DefaultValueFactory = _ => 3 };
        var check = new Option<bool>("--check") { Description = "Fail on a ratio that is too high" };
        var command = new Command(
            "small", $"Compare a network of {Features}-{Units}-{Classes} on {Rows} rows with scikit-learn's MLPClassifier")
        {
            steps, rounds, check,
        };
        command.SetAction(parsed => Run(parsed.GetValue(steps), parsed.GetValue(rounds), parsed.GetValue(check)));
        return command;
    }

    private static int Run(int steps, int rounds, bool check)
    {
        LibTorch.EnsureLoaded();
        var (ours, theirs) = (new List<double>(), new List<double>());
        _ = OurSeconds(10); // compilers, as the other side warms up too
        for (var round = 0; round < rounds; round++)
        {
            ours.Add(OurSeconds(steps));
            if (TheirSeconds(steps) is not { } seconds)
            {
                Console.WriteLine($"small: {ours[0]:F3} s for {steps} steps; the comparison is left out: {Python} has no scikit-learn.");
                return 0;
            }

            theirs.Add(seconds);
        }

        var (our, their) = (Statistics.Median(ours), Statistics.Median(theirs));
        var ratio = our / their;
        var verdict = new Verdict(check);
        verdict.ExpectSpeed(ratio <= 1, string.Create(
            CultureInfo.InvariantCulture,
            $"{steps} steps not slower than scikit-learn: {our:F3} s and {their:F3} s, ratio {ratio:F2}"));
        return verdict.ExitCode;
    }

    private static double OurSeconds(int steps)
    {
        var options = new MlpTrainer.Options
        {
            HiddenLayers = [Units],
            BatchNormalization = false,
            BatchSize = Rows,
            MaxEpochs = steps,
            Optimizer = MlpOptimizer.Adam(),
            Schedule = MlpSchedule.Constant,
        };
        var watch = Stopwatch.StartNew();
        var data = TrainingData.Read(new PixelRows(Rows, Features, Classes), validationSource: null, options, seed: 1);
        new TrainingLoop(data, options, seed: 1).Run();
        return watch.Elapsed.TotalSeconds;
    }

    private static double? TheirSeconds(int steps)
    {
        if (!File.Exists(Python))
        {
            return null;
        }

        using var process = Process.Start(new ProcessStartInfo(Python, ["-c", Script, $"{steps}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? double.Parse(output, CultureInfo.InvariantCulture) : null;
    }
}
