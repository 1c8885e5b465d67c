using Patron.Accounts.Sessions;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Accounts.Users;

/// <summary>Sets the language of the caller's account, for mails and pages. The next page is in it. Errors: as <see cref="UpdateAccount"/>.</summary>
public sealed class ChooseLanguage(UpdateAccount update, CallerCache callers)
{
    public async Task<Result<AccountView>> HandleAsync(Caller caller, string language, CancellationToken cancellationToken)
    {
        var change = new AccountChange(names => names with { Language = language }, NewEmail: null, CurrentPassword: null);
        var result = await update.HandleAsync(caller, change, cancellationToken);
        callers.Clear();
        return result;
    }
}
