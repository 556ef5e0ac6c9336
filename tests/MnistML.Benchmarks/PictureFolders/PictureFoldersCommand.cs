using System.CommandLine;
using System.Globalization;

namespace MnistML.Benchmarks.PictureFolders;

/// <summary>
/// The pictures sample on three folders that are drawn: two pictures; textures, some of odd sizes, among broken files; things on cluttered
/// backgrounds, 2,000 of them, among broken files. It trains on each twice, in processes of their own, and classifies pictures that no
/// training saw.
/// </summary>
internal static class PictureFoldersCommand
{
    private const int Seed = 1;
    private const int UnseenSeed = 2;
    private const int UnseenOfKind = 10;

    /// <summary>Of fewer pictures of a kind less can be learnt, and chance decides over more.</summary>
    private const int EnoughOfKind = 40;
    private const double MinAccuracy = 0.85;
    private const double MinAccuracyOfFew = 0.6;
    private const double MaxPeakMegabytes = 1_500;
    private const double MaxSecondSeconds = 20;

    public static Command Create()
    {
        var things = new Option<int>("--things") { Description = "Pictures in the largest folder", DefaultValueFactory = _ => 2_000 };
        var textures = new Option<int>("--textures") { Description = "Pictures in the second", DefaultValueFactory = _ => 160 };
        var only = new Option<string[]>("--only")
        {
            Description = "Folders to try: two, textures, things",
            HelpName = "NAME",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => ["two", "textures", "things"],
        };
        only.AcceptOnlyFromAmong("two", "textures", "things");
        var keep = new Option<string?>("--keep") { Description = "Work in this folder, and keep it", HelpName = "DIR" };
        var check = new Option<bool>("--check") { Description = "Fail on seconds too" };
        var command = new Command("picture-folders", "Train the pictures sample on three folders that are drawn, twice each")
        {
            things, textures, only, keep, check,
        };
        command.SetAction(parsed => Run(
            parsed.GetValue(things),
            parsed.GetValue(textures),
            parsed.GetValue(only)!,
            parsed.GetValue(keep),
            new Verdict(parsed.GetValue(check))));
        return command;
    }

    private static int Run(int things, int textures, string[] only, string? keep, Verdict verdict)
    {
        using var temporary = new TemporaryFolder();
        var work = keep is null ? temporary.Path : Directory.CreateDirectory(Path.GetFullPath(keep)).FullName;
        string[] rows = [.. only.Select(name => Try(work, Draw(Path.Combine(work, name), things, textures), verdict))];
        Console.WriteLine("| folder | pictures | left out | held out | unseen | first, s | of which features | second, s | peak, MB |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        Console.WriteLine(string.Join(Environment.NewLine, rows));
        return verdict.ExitCode;
    }

    private static DrawnFolder Draw(string path, int things, int textures) => Path.GetFileName(path) switch
    {
        "two" => DrawnFolder.Write(path, DrawnThings.Draw(2, Seed), DrawnThings.Draw(2, Seed), withBroken: false),
        "textures" => DrawnFolder.Write(
            path,
            DrawnTextures.Draw(textures, Seed),
            DrawnTextures.Draw(UnseenOfKind * DrawnTextures.KindCount, UnseenSeed, withOddSizes: false),
            withBroken: true),
        _ => DrawnFolder.Write(
            path, DrawnThings.Draw(things, Seed), DrawnThings.Draw(UnseenOfKind * DrawnThings.KindCount, UnseenSeed), withBroken: true),
    };

    /// <summary>Trains twice and predicts, and returns the figures as a row of a table.</summary>
    private static string Try(string work, DrawnFolder folder, Verdict verdict)
    {
        var cache = Path.Combine(work, $"{folder.Name}.cache");
        if (Directory.Exists(cache))
        {
            Directory.Delete(cache, recursive: true);
        }

        string[] train = ["train", folder.Path, "--cache", cache, "--out", $"{folder.Name}.zip"];
        var first = SampleProcess.Run(work, [.. train, "--sheet", $"{folder.Name}.png"]);
        var second = SampleProcess.Run(work, [.. train, "--sheet", $"{folder.Name}.png"]);
        foreach (var (run, cached) in new[] { (first, 0), (second, folder.PictureCount) })
        {
            verdict.Expect(run.ExitCode == 0 && run.ErrorLines.Length == 0, $"{folder.Name}: exit code {run.ExitCode}");
            verdict.Expect(
                run.OutputLines.Contains($"{cached} of {folder.PictureCount + folder.Unreadable.Length} pictures were in the cache"),
                $"{folder.Name}: pictures in the cache, {cached} of {folder.PictureCount + folder.Unreadable.Length} files");
            var listed = run.OutputLines.Where(line => line.StartsWith("Left out: ", StringComparison.Ordinal)).ToArray();
            verdict.Expect(
                listed.Length == folder.Unreadable.Length
                && folder.Unreadable.All(path => listed.Any(line => line.StartsWith($"Left out: {path}: ", StringComparison.Ordinal))),
                $"{folder.Name}: the files that can't be read are listed, {listed.Length} of {folder.Unreadable.Length}");
        }

        var peak = Math.Max(first.PeakMegabytes, second.PeakMegabytes);
        verdict.Expect(
            first.Find("Held-out accuracy: ") == second.Find("Held-out accuracy: "),
            $"{folder.Name}: the second training has the first's accuracy, {first.Find("Held-out accuracy: ")}");
        verdict.Expect(
            peak < MaxPeakMegabytes, Invariant($"{folder.Name}: peak memory {peak:F0} MB, at most {MaxPeakMegabytes:F0} are promised"));
        verdict.ExpectSpeed(
            second.Seconds < MaxSecondSeconds,
            Invariant($"{folder.Name}: second training {second.Seconds:F1} s, at most {MaxSecondSeconds} are promised"));
        var unseen = Predict(work, folder, verdict);
        var heldOut = first.Find("Held-out accuracy: ")?.Split(',')[0] ?? "none";
        return Invariant($"| {folder.Name} | {folder.PictureCount:N0} | {folder.Unreadable.Length} | {heldOut} | {unseen:F3} ")
            + Invariant($"| {first.Seconds:F1} | {first.Find("Seconds: ")?.Split(' ')[3]} | {second.Seconds:F1} | {peak:F0} |");
    }

    /// <summary>Classifies pictures that no training saw, among the files that can't be read, and returns the accuracy.</summary>
    private static double Predict(string work, DrawnFolder folder, Verdict verdict)
    {
        var run = SampleProcess.Run(
            work, ["predict", "--model", $"{folder.Name}.zip", .. folder.Unreadable, .. folder.Unseen.Select(picture => picture.Path)]);
        verdict.Expect(
            run.ExitCode == (folder.Unreadable.Length == 0 ? 0 : 1)
            && run.ErrorLines.Length == folder.Unreadable.Length && run.OutputLines.Length == folder.Unseen.Length
            && folder.Unreadable.Zip(run.ErrorLines).All(
                pair => pair.Second.StartsWith($"Error: '{pair.First}' is left out: ", StringComparison.Ordinal)),
            $"{folder.Name}: predict answers {run.OutputLines.Length} of {folder.Unseen.Length} and refuses {run.ErrorLines.Length} of "
            + $"{folder.Unreadable.Length}");
        var right = folder.Unseen.Zip(run.OutputLines).Count(
            pair => pair.Second.StartsWith($"{pair.First.Path}: {pair.First.Kind}, ", StringComparison.Ordinal));
        var accuracy = (double)right / folder.Unseen.Length;
        var least = folder.OfKind == 1 ? 1 : folder.OfKind >= EnoughOfKind ? MinAccuracy : MinAccuracyOfFew;
        verdict.Expect(
            accuracy >= least,
            Invariant($"{folder.Name}: {right} of {folder.Unseen.Length} pictures right, at least {least:P0} are promised"));
        return accuracy;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
