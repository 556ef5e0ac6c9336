using MnistML.Tests.Support;

namespace MnistML.Tests.Conventions;

/// <summary>Checks that every link within the repository leads to an existing file and to a heading in it.</summary>
internal sealed class LinkTests
{
    [TestCaseSource(typeof(Repository), nameof(Repository.Documents))]
    public void Links_InADocument_LeadToWhatIsThere(string document)
    {
        var broken = Markdown.LinksIn(Repository.Read(document))
            .Where(link => !link.Contains("://", StringComparison.Ordinal) && !IsThere(document, link));

        Assert.That(broken, Is.Empty);
    }

    [Test]
    public void Links_OfTheReadme_AreFound()
    {
        var links = Markdown.LinksIn(Repository.Read("README.md"));

        Assert.That(links, Has.Member("src/ARCHITECTURE.md").And.Member("LICENSE"));
    }

    [TestCase("src/ARCHITECTURE.md#no-such-heading")]
    [TestCase("no-such-file.md")]
    [TestCase("#no-such-heading")]
    [TestCase("../README.md")]
    public void IsThere_WhatIsNot_IsFalse(string link) => Assert.That(IsThere("README.md", link), Is.False);

    [Test]
    public void AnchorsIn_Headings_AreAsGitHubMakesThem() => Assert.That(
        Markdown.AnchorsIn("# What's `new` in 0.1?\ntext\n## A [link](b.md) – too\n```\n# not one\n```\n## What's new in 01\n"),
        Is.EqualTo(["whats-new-in-01", "a-link--too", "whats-new-in-01-1"]));

    private static bool IsThere(string document, string link)
    {
        var parts = link.Split('#', 2);
        var path = parts[0].Length == 0
            ? Repository.PathOf(document)
            : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Repository.PathOf(document))!, Uri.UnescapeDataString(parts[0])));
        return path.StartsWith(Repository.Folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            && Path.Exists(path)
            && (parts.Length == 1 || Markdown.AnchorsIn(File.ReadAllText(path)).Contains(parts[1]));
    }
}
