using System.CommandLine;
using Microsoft.Extensions.Options;
using Patron.Accounts;
using Patron.Accounts.SigningKeys;
using Patron.Shared;

namespace Patron.CommandLine;

/// <summary><c>patron keys</c>: manages the keys that sign access tokens.</summary>
internal static class KeysCommand
{
    public static Command Build()
    {
        var rotate = new Command("rotate", "Make a new signing key. Tokens signed with the present one stay good; nobody is signed out.");
        rotate.RunsOn(new CommonOptions(rotate), [ProcessRole.All, ProcessRole.Accounts], async (_, context, cancellationToken) =>
        {
            var overlap = context.Get<IOptions<AccountsOptions>>().Value.SigningKeyOverlap;
            await context.Get<SigningKeyRing>().RotateAsync(overlap, cancellationToken);
            Console.WriteLine(
                $"A new key signs from now on (running servers notice within a minute); the old one verifies for {overlap.TotalMinutes:0} minutes more.");
            return 0;
        });
        return new Command("keys", "The keys that sign access tokens.") { rotate };
    }
}
