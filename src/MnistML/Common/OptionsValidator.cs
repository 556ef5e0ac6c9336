using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace MnistML.Common;

/// <summary>Checks a record of options by the attributes of its properties, and nested records likewise.</summary>
internal static class OptionsValidator
{
    /// <summary>Checks all properties.</summary>
    /// <exception cref="ArgumentException">Names every violation, one a line.</exception>
    public static void ThrowIfInvalid(object options, string parameterName) =>
        ThrowIfAny(FindViolations(options, prefix: ""), parameterName);

    /// <summary>Refuses options with violations.</summary>
    /// <exception cref="ArgumentException">Names every violation, one a line.</exception>
    public static void ThrowIfAny(IEnumerable<string> violations, string parameterName)
    {
        string[] found = [.. violations.Select(violation => $"- {violation}")];
        if (found.Length > 0)
        {
            throw new ArgumentException(string.Join(Environment.NewLine, ["These options can't be used:", .. found]), parameterName);
        }
    }

    private static IEnumerable<string> FindViolations(object options, string prefix)
    {
        var results = new List<ValidationResult>();
        var context = new ValidationContext(options);
        if (!Validator.TryValidateObject(options, context, results, validateAllProperties: true) && options is IValidatableObject rules)
        {
            // Where a property is invalid, .NET skips the record's own rules; all violations must be listed.
            results = [.. results.UnionBy(rules.Validate(context), result => result.ErrorMessage)];
        }

        var nested = options.GetType().GetProperties()
            .Where(property => property.IsDefined(typeof(OptionsWithinAttribute)) && property.GetValue(options) is not null)
            .SelectMany(property => FindViolations(property.GetValue(options)!, $"{prefix}{property.Name}."));
        return results.Select(result => $"{prefix}{result.ErrorMessage}").Concat(nested);
    }
}
