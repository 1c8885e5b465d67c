using Patron.Shared.Results;

namespace Patron.Accounts.Passwords;

/// <summary>A new password, and what was typed to confirm it. Null if the caller was not asked to confirm it.</summary>
public sealed record NewPassword(string Text, string? Confirmation = null)
{
    public const string Differ = "The passwords don't match.";

    /// <summary>Adds what is wrong, with the reason why the rules refuse the text, if they do.</summary>
    internal void Check(FieldErrors errors, Func<string, string?> refusalOf)
    {
        if (Text.Length == 0)
        {
            errors.AddRequired("password");
        }
        else if (refusalOf(Text) is { } refusal)
        {
            errors.Add("password", refusal);
        }

        if (Confirmation is { Length: 0 })
        {
            errors.AddRequired("password_confirmation");
        }
        else if (Confirmation is not null && Confirmation != Text)
        {
            errors.Add("password_confirmation", Differ);
        }
    }
}
