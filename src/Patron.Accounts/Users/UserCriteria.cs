using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Users;

/// <summary>
/// Which accounts are meant, in the words that customers are searched with: what is null, blank or nothing but accents asks for nothing,
/// and all that is given must hold. Texts are found anywhere in the field, without regard to case and accents; <c>%</c> and <c>_</c> are
/// plain characters. <paramref name="Query"/> looks in names, e-mail, phone and user name; of one or two letters, for the beginning of a word.
/// </summary>
public sealed record UserCriteria(string? Query, string? FirstName, string? LastName, string? Email, string? Phone)
{
    private const int MaxTextLength = 255;

    public string? Query { get; } = SearchText.NullIfNothing(Query);

    public string? FirstName { get; } = SearchText.NullIfNothing(FirstName);

    public string? LastName { get; } = SearchText.NullIfNothing(LastName);

    public string? Email { get; } = SearchText.NullIfNothing(Email);

    public string? Phone { get; } = SearchText.NullIfNothing(Phone);

    /// <summary>The fields that say more than can be asked for, or null.</summary>
    internal Error? Refusal()
    {
        var errors = new FieldErrors();
        foreach (var (name, text) in new[] { ("query", Query), ("first_name", FirstName), ("last_name", LastName), ("email", Email), ("phone", Phone) })
        {
            if (text is not null
                && (TextRules.IsLonger(text, MaxTextLength) ? $"This field has at most {MaxTextLength} characters." : TextRules.Problem(text)) is { } message)
            {
                errors.Add(name, message);
            }
        }

        return errors.Any ? errors.ToError() : null;
    }
}
