using MnistML.Common.Libraries;

namespace MnistML.Tests.Common.Libraries;

internal sealed class LibrariesTests
{
    [TestCase("Unable to load DLL 'x': Das angegebene Modul wurde nicht gefunden. (0x8007007E)", 0x8007007Eu)]
    [TestCase("找不到指定的程序。 (0x8007007f)", 0x8007007Fu)]
    [TestCase("x (0x8007)", null)]
    [TestCase("0x8007007E", null)]
    [TestCase("", null)]
    [TestCase(null, null)]
    public void Of_AMessageOfTheLoader_IsItsCode(string? message, uint? code) => Assert.That(LoaderCode.Of(message), Is.EqualTo(code));

    [Test]
    public void Elsewhere_LoadedLibraries_GivesThoseOfOtherFolders()
    {
        var (app, other) = (Path.GetFullPath("app"), Path.GetFullPath("other"));
        string[] loaded =
        [
            Path.Combine(app, "c10.dll"), Path.Combine(other, "c10.dll"), Path.Combine(other, "c10.dll"),
            Path.Combine(other, "kernel32.dll"),
        ];

        Assert.That(LoadedLibraries.Elsewhere(loaded, ["c10.dll", "torch.dll"], [app]), Is.EqualTo([Path.Combine(other, "c10.dll")]));
        Assert.That(LoadedLibraries.Elsewhere(loaded, ["c10.dll"], [app, other]), Is.Empty);
    }

    [Test]
    public void Find_ALibraryOfThisProcess_GivesItsPath()
    {
        var coreClr = NativeFile.NameOf("coreclr");

        Assert.That(LoadedLibraries.Find(coreClr), Does.EndWith(coreClr));
        Assert.That(LoadedLibraries.Find("no such library"), Is.Null);
    }

    [Test]
    public void Find_FileInFolders_GivesTheFirst()
    {
        var folder = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);

        Assert.That(NativeFile.Find("MnistML.dll", ["no such folder", folder]).Folder, Is.EqualTo(folder));
        Assert.That(NativeFile.Find("MnistML.dll", ["no such folder"]).Describe(), Is.EqualTo("MnistML.dll (not found)"));
        Assert.That(new NativeFile("a.dll", "b").Describe(), Is.EqualTo("a.dll (found in b)"));
    }

    [TestCase("14.44", false)]
    [TestCase("14.50", false)]
    [TestCase("14.43", true)]
    [TestCase(null, false, Description = "A version that is unknown is no fault.")]
    public void IsOld_Version_IsComparedWithThatOfOnnxRuntime(string? version, bool expected) => Assert.That(
        new VisualCppRuntime { Version = version is null ? null : Version.Parse(version) }.IsOld, Is.EqualTo(expected));

    [Test]
    [Platform(Exclude = "Win")]
    public void Find_NotOnWindows_IsNull() => Assert.That(VisualCppRuntime.Find(), Is.Null);
}
