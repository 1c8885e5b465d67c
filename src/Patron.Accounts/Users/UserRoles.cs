using Patron.Shared.Callers;

namespace Patron.Accounts.Users;

/// <summary>The one-word summary of what a person is. It decides nothing but <c>admin</c> (contract, 'Who may do what').</summary>
public static class UserRoles
{
    public const string Customer = "customer";
    public const string Employee = "employee";
    public const string Admin = "admin";

    public static string Of(bool isAdmin, IEnumerable<Membership> memberships) =>
        isAdmin ? Admin : memberships.Any(membership => membership.IsStaff) ? Employee : Customer;
}
