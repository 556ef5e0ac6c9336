using MnistML.Datasets;
using MnistML.Tests.Support;

namespace MnistML.Tests.Samples;

/// <summary>What a person sees in a terminal of 80 columns.</summary>
[NeedsTerminal]
internal sealed class ConsoleTerminalTests
{
    private TemporaryFolder _folder = null!;
    private string _work = "";

    [OneTimeSetUp]
    public void DrawDigits()
    {
        _folder = new TemporaryFolder();
        SyntheticDigits.Write(_folder.PathOf("digits"), trainCount: 1_500, testCount: 200, seed: 1);
    }

    [SetUp]
    public void MakeFolder() => _work = Directory.CreateDirectory(_folder.PathOf($"work-{Guid.NewGuid():N}")).FullName;

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Train_InATerminal_ShowsItsProgress()
    {
        var result = PseudoTerminal.Run("MnistML.Console", _work, ["train", "--data", "../digits", "--hidden", "32", "--epochs", "3"]);

        TestContext.Out.WriteLine(string.Join("\n=====\n", result.Frames));
        Assert.That((result.ExitCode, result.Screen.OverflowCount, result.Screen.IsCursorVisible), Is.EqualTo((0, 0, true)));
        Assert.That(result.Screen.StyleCount, Is.Positive);
    }
}
