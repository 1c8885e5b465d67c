using System.Text.RegularExpressions;

namespace Patron.Shared.Text;

/// <summary>A web address as people write it: a host with a dot, optionally with http or https. Pages may use it in links.</summary>
public static partial class WebAddress
{
    public const string Rule = "Enter a web address like https://www.example.com.";

    public static bool IsValid(string text) => Form().IsMatch(text);

    [GeneratedRegex(
        @"^(https?://)?[\p{L}\p{N}\-]+(\.[\p{L}\p{N}\-]+)+(:[0-9]{1,5})?([/?#]\S*)?$",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}
