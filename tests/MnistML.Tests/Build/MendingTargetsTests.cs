using System.Diagnostics;
using System.Security.Cryptography;
using MnistML.Tests.Support;

namespace MnistML.Tests.Build;

/// <summary>build/MnistML.targets in a project that has nothing else, built by the SDK in a folder of its own.</summary>
[Platform("Linux", Reason = "A build copies only the host's libraries.")]
public sealed class MendingTargetsTests
{
    private const string MendedHash = "5968efac8270eff8a2b5ca7381612ea9cc54d81cf4104a54e0e6106b7b5f11e3";

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void WriteProject()
    {
        _folder = new TemporaryFolder();
        Directory.CreateDirectory(_folder.PathOf("app"));
        File.Copy(Repository.PathOf("nuget.config"), _folder.PathOf("nuget.config"));
        File.WriteAllText(
            _folder.PathOf("Directory.Packages.props"),
            $"""<Project><Import Project="{Repository.PathOf("Directory.Packages.props")}" /></Project>""");
        File.WriteAllText(
            _folder.PathOf("app/app.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net{Environment.Version.Major}.0</TargetFramework>
                <EnableDynamicLoading>true</EnableDynamicLoading>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="TorchSharp" />
              </ItemGroup>
              <Import Project="{Repository.PathOf("build/MnistML.targets")}" />
            </Project>
            """);
    }

    [TearDown]
    public void Delete() => _folder.Dispose();

    [TestCase("build", "--no-incremental")]
    [TestCase("msbuild", "-restore", "-t:Clean;Build")]
    public void Rebuild_OfAProject_CopiesTheMendedLibrary(params string[] command)
    {
        Dotnet([.. command, "-nologo"]);

        var copy = Directory.GetFiles(_folder.PathOf("app/bin"), "libLibTorchSharp.so", SearchOption.AllDirectories).Single();
        Assert.That(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(copy))), Is.EqualTo(MendedHash));

        Dotnet(["clean", "-nologo"]);
        Assert.That(Directory.GetFiles(_folder.PathOf("app"), "libLibTorchSharp.so", SearchOption.AllDirectories), Is.Empty);
    }

    private void Dotnet(string[] arguments)
    {
        using var process = Process.Start(Host.Describe(["dotnet", .. arguments], _folder.PathOf("app")))!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, $"{output}{error.Result}");
    }
}
