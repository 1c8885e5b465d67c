using Microsoft.AspNetCore.Http;
using Patron.Shared.Callers;
using Patron.StaffConsole.Access;
using Patron.StaffConsole.Pages.Audit;
using Patron.StaffConsole.Pages.Health;
using Patron.StaffConsole.Pages.Inbox;
using Patron.StaffConsole.Pages.Customers;
using Patron.StaffConsole.Pages.Invitations;
using Patron.StaffConsole.Pages.Jobs;
using Patron.StaffConsole.Pages.Keys;
using Patron.StaffConsole.Pages.Mail;
using Patron.StaffConsole.Pages.Members;
using Patron.StaffConsole.Pages.Organizations;
using Patron.StaffConsole.Pages.Sync;
using Patron.StaffConsole.Pages.Users;
using Patron.Web.Http;

namespace Patron.StaffConsole.Components;

/// <summary>An entry of the navigation: the name of its text, and its address below the organization's.</summary>
internal sealed record MenuItem(string Text, string Path)
{
    /// <summary>Who sees it: staff, unless it says otherwise.</summary>
    public Func<Caller, bool> IsFor { get; init; } = _ => true;

    /// <summary>Whether only the home organization has it.</summary>
    public bool IsForHomeOnly { get; init; }
}

/// <summary>The navigation of the console, in its order.</summary>
internal static class ConsoleMenu
{
    private static readonly MenuItem[] Items =
    [
        new("menu_home", ""),
        new("menu_inbox", InboxPages.Path),
        new("menu_customers", CustomerRecordPages.Path),
        new("menu_jobs", JobPages.Path),
        new("menu_audit", AuditPages.Path),
        new("menu_invitations", InvitationPages.Path) { IsForHomeOnly = true },
        new("menu_sync", SyncPages.Path) { IsFor = caller => caller.IsAdmin },
        new("menu_members", MemberPages.Path),
        new("menu_keys", KeyPages.Path) { IsFor = caller => caller.IsVendorOf(caller.OrganizationId) },
        new("menu_users", UserPages.Path) { IsFor = caller => caller.IsAdmin },
        new("menu_mail", MailPages.Path) { IsFor = caller => caller.IsAdmin },
        new("menu_organizations", OrganizationPages.Path) { IsFor = caller => caller.IsAdmin, IsForHomeOnly = true },
        new("menu_health", HealthPages.Path) { IsFor = caller => caller.IsAdmin },
    ];

    public static IEnumerable<MenuItem> For(HttpContext http) =>
        Items.Where(item => item.IsFor(http.Caller()) && (!item.IsForHomeOnly || ConsoleVisit.Of(http).Organization.IsHome));
}
