using Microsoft.EntityFrameworkCore;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.Database;

/// <summary>Saves, and turns what the database's unique indexes refuse into the contract's answer: the loser of a race hears a sentence.</summary>
internal static class SavingAccounts
{
    public static readonly Error EmailTaken = Error.Rule("An account with this e-mail address already exists. Sign in, or set a new password under 'forgot password'.");

    /// <summary>Null when saved; the answer for the loser when an address or name was taken in the meantime.</summary>
    public static async Task<Error?> TrySaveAsync(this AccountsContext context, CancellationToken cancellationToken)
    {
        try
        {
            await context.SaveChangesAsync(cancellationToken);
            return null;
        }
        catch (DbUpdateException exception)
        {
            if (Answer(UniqueViolation.Constraint(exception)) is { } answer)
            {
                return answer;
            }

            throw;
        }
    }

    private static Error? Answer(string? constraint) => constraint switch
    {
        "ux_users_normalized_email" => EmailTaken,
        "ux_users_normalized_user_name" => Error.Rule("This user name is taken; choose another."),
        "pk_memberships" or "memberships_pkey" => Error.Rule("This person is already a member of the organization."),
        "ux_invitations_open" => Error.Rule("This person has already been invited."),
        _ => null,
    };
}
