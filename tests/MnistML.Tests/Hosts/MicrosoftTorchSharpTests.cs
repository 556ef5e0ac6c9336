using System.Diagnostics;
using MnistML.Tests.Support;

namespace MnistML.Tests.Hosts;

/// <summary>
/// An application that references Microsoft.ML.TorchSharp beside this library, as the guide src/docs/microsoft-ml-torchsharp.md describes.
/// It is made, restored and built in a folder of its own.
/// </summary>
[Platform("Linux", Reason = "A build copies only the host's libraries.")]
internal sealed class MicrosoftTorchSharpTests
{
    private const string Version = "0.23.1";

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void WriteProject()
    {
        _folder = new TemporaryFolder();
        Directory.CreateDirectory(_folder.PathOf("app"));
        File.Copy(Repository.PathOf("nuget.config"), _folder.PathOf("nuget.config"));
        File.WriteAllText(
            _folder.PathOf("Directory.Packages.props"),
            $"""
            <Project>
              <Import Project="{Repository.PathOf("Directory.Packages.props")}" />
              <ItemGroup><PackageVersion Include="Microsoft.ML.TorchSharp" Version="{Version}" /></ItemGroup>
            </Project>
            """);
        File.WriteAllText(
            _folder.PathOf("app/app.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net{Environment.Version.Major}.0</TargetFramework>
                <RuntimeIdentifier>linux-x64</RuntimeIdentifier>
                <SelfContained>false</SelfContained>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <NoWarn>NU1603;NU1901;NU1902;NU1903;NU1904</NoWarn>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Google.Protobuf" />
                <PackageReference Include="Microsoft.ML" />
                <PackageReference Include="Microsoft.ML.OnnxRuntime" />
                <PackageReference Include="Microsoft.ML.OnnxTransformer" />
                <PackageReference Include="Microsoft.ML.TorchSharp" />
                <PackageReference Include="TorchSharp-cpu" />
                <Reference Include="{Path.Combine(AppContext.BaseDirectory, "MnistML.dll")}" />
              </ItemGroup>
              <Import Project="{Repository.PathOf("build/MnistML.targets")}" />
            </Project>
            """);
        File.Copy(Repository.PathOf("tests/MnistML.Tests/Hosts/MicrosoftTorchSharp.txt"), _folder.PathOf("app/Program.cs"));
    }

    [TearDown]
    public void Delete() => _folder.Dispose();

    /// <summary>
    /// Theirs asks TorchSharp 0.107 for a method that it no longer has, and disposes weights that are the layers' own from TorchSharp 0.104
    /// on. When a later version of it works, this test fails, and the guide is to be changed.
    /// </summary>
    [Test]
    public void Fit_BeforeAndAfterTheirsFailed_GivesTheSameWeights()
    {
        var (restored, log) = Run("dotnet", "restore", "-nologo");
        if (restored != 0 && (log.Contains("NU1101") || log.Contains("NU1102") || log.Contains("NU1301")))
        {
            Assert.Ignore($"Microsoft.ML.TorchSharp can't be had: {log.ReplaceLineEndings(" ")}");
        }

        Assert.That(restored, Is.Zero, log);
        var (built, errors) = Run("dotnet", "build", "-c", "Release", "--no-restore", "-nologo");
        Assert.That(built, Is.Zero, errors);

        var (exitCode, output) = Run("dotnet", _folder.PathOf("app/bin/Release/net10.0/linux-x64/app.dll"), _folder.Path);

        Assert.That(exitCode, Is.Zero, output);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines, Has.Length.EqualTo(4), output);
        Assert.That(lines[0], Does.Match("^[0-9a-f]{64}$"));
        Assert.That(lines[1], Is.EqualTo("TextClassification: InvalidOperationException: Tensor invalid -- empty handle."));
        Assert.That(lines[2], Does.StartWith("Missing: MissingMethodException: Method not found: ").And.Contain("functional.interpolate("));
        Assert.That(lines[3], Is.EqualTo(lines[0]));
    }

    /// <summary>With the network that this process has, since a package may have to be fetched.</summary>
    private (int ExitCode, string Output) Run(params string[] command)
    {
        var start = Host.Describe(
            command,
            _folder.PathOf("app"),
            [.. ((string[])["http_proxy", "https_proxy", "all_proxy", "no_proxy"]).Select(
                proxy => (proxy, Environment.GetEnvironmentVariable(proxy)))]);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, $"{output}{error.Result}");
    }
}
