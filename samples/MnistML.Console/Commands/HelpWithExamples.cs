using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace MnistML.Samples.Commands;

/// <summary>The usual help of a command, and below it command lines to try.</summary>
/// <param name="usual">The usual help.</param>
/// <param name="examplesOfProgram">Examples for the program as a whole.</param>
internal sealed class HelpWithExamples(HelpAction usual, IReadOnlyList<string> examplesOfProgram) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var exitCode = usual.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var example in (parseResult.CommandResult.Command as SampleCommand)?.Examples ?? examplesOfProgram)
        {
            output.WriteLine($"  {RootCommand.ExecutableName} {example}");
        }

        return exitCode;
    }
}
