using Microsoft.Playwright;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;

namespace Patron.BrowserTests.StaffConsole;

/// <summary>What staff do about one customer: account, invitation, addresses, requested changes, offers, and blocking; with and without script.</summary>
public sealed class CustomerAccountTests(OneProcess app, Chromium chromium) : IClassFixture<OneProcess>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_customer_without_an_account_is_invited_and_gets_a_link(bool hasScript)
    {
        var customer = await app.CreateCustomerAsync(await app.SomeStaffAsync());
        await using var visitor = await OpenAsync(customer.Id(), hasScript);
        var account = visitor.Page.Locator("#account");
        await Assertions.Expect(account).ToContainTextAsync("No account");
        await visitor.PressAsync("Email a link to set a password");
        await Assertions.Expect(account).ToContainTextAsync("Email queued.");

        await visitor.PressAsync("Invite to set up an account");
        await Assertions.Expect(account).ToContainTextAsync("Invitation queued.");
        await Assertions.Expect(account.GetByRole(AriaRole.Button, new() { Name = "Invite to set up an account" })).ToHaveCountAsync(0);
        await app.MailAsync(customer.Text("email")!, "Set up your");
        await app.AccountsSqlAsync<object>(
            "UPDATE accounts.activation_invitations SET last_mailed_at = now() - interval '2 days' WHERE customer_uid = $1", customer.GetProperty("uid").GetGuid());
        await visitor.Page.ReloadAsync();
        await visitor.PressAsync("Send the invitation again");
        await Assertions.Expect(account).ToContainTextAsync("Invitation queued.");
        await visitor.PressAsync("Withdraw the invitation");
        await Assertions.Expect(account).ToContainTextAsync("Withdrawn");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sessions_end_one_by_one_and_an_administrator_disables_the_account(bool hasScript)
    {
        var person = await app.CustomerAsync();
        await app.SignInAsync(person.Email);
        await using var visitor = await OpenAsync(await IdAsync(person), hasScript);
        var account = visitor.Page.Locator("#account");
        await Assertions.Expect(account).ToContainTextAsync("They registered themselves");
        await Assertions.Expect(account.Locator(".session")).ToHaveCountAsync(2);
        await account.Locator(".session button").First.ClickAsync();
        await Assertions.Expect(account).ToContainTextAsync("Signed out on that device.");
        await Assertions.Expect(account.Locator(".session")).ToHaveCountAsync(1);

        await visitor.PressAsync("Disable account");
        await visitor.ShouldSeeAsync("Account disabled. Its sessions have ended.");
        await visitor.ShouldBeAtAsync($"/console/1/customers/{await IdAsync(person)}");
        await Assertions.Expect(account).ToContainTextAsync("Disabled");
        await visitor.PressAsync("Enable account");
        await visitor.ShouldSeeAsync("Account enabled.");
        await visitor.FollowAsync("Open the account");
        await visitor.ShouldBeAtAsync($"/console/1/users/{person.Id}");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Other_addresses_are_added_changed_and_removed(bool hasScript)
    {
        var customer = await app.CreateCustomerAsync(await app.SomeStaffAsync());
        await using var visitor = await OpenAsync(customer.Id(), hasScript);
        var card = visitor.Page.Locator("#addresses");
        await visitor.FollowAsync("Add address");
        await visitor.PressAsync("Save");
        await visitor.FillAsync(("Street and number", "1 Harbour Road"), ("City", "Mombasa"), ("Country", "Kenya"));
        await visitor.Page.GetByLabel("Address type").SelectOptionAsync("shipping");
        await visitor.PressAsync("Save");
        await Assertions.Expect(card).ToContainTextAsync("1 Harbour Road, Mombasa, Kenya");
        await Assertions.Expect(card.Locator(".notice")).ToBeVisibleAsync();

        await card.GetByRole(AriaRole.Link, new() { Name = "Edit: 1 Harbour" }).ClickAsync();
        await Assertions.Expect(visitor.Page.GetByLabel("Address type")).ToHaveValueAsync("shipping");
        await visitor.FillAsync(("Street and number", "2 Harbour Road"));
        await visitor.PressAsync("Save");
        await Assertions.Expect(card).ToContainTextAsync("2 Harbour Road");
        await card.GetByRole(AriaRole.Link, new() { Name = "Edit: 2 Harbour" }).ClickAsync();
        await visitor.PressAsync("Remove this address");
        await Assertions.Expect(card).Not.ToContainTextAsync("Harbour Road");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Requested_changes_are_answered_and_offers_withdrawn(bool hasScript)
    {
        var customer = await app.CreateCustomerAsync(await app.SomeStaffAsync());
        await app.CustomersSqlAsync<object>("UPDATE customers.customers SET erp_source = 'odoo', erp_id = (1000000 + id)::text WHERE customer_id = $1", customer.Id());
        await app.AddChangeRequestAsync(customer.Id(), "New Name Ltd");
        await app.CustomersSqlAsync<object>(
            "INSERT INTO customers.offers (organization_id, user_id, customer_uid, state, named_by, made_at, expires_at) SELECT organization_id, $2, uid, 'offered', 'user', now(), now() + interval '30 days' FROM customers.customers WHERE customer_id = $1",
            customer.Id(), (await app.RegisterAsync()).Id);
        await using var visitor = await OpenAsync(customer.Id(), hasScript);

        await visitor.ShouldSeeAsync("New Name Ltd");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "It's done" }).ClickAsync();
        await Assertions.Expect(visitor.Page.GetByText("New Name Ltd")).ToHaveCountAsync(0);
        await visitor.Page.Locator("#offers").GetByRole(AriaRole.Button, new() { Name = "Withdraw" }).ClickAsync();
        await Assertions.Expect(visitor.Page.Locator("#offers .notice")).ToHaveTextAsync("Offer withdrawn.");
        await Assertions.Expect(visitor.Page.Locator("#offers button")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_customer_is_blocked_with_a_reason_by_keyboard_and_unblocked()
    {
        var person = await app.CustomerAsync();
        await using var visitor = await OpenAsync(await IdAsync(person), hasScript: true);
        await visitor.Page.Locator("#dangers").GetByRole(AriaRole.Link, new() { Name = "Block" }).FocusAsync();
        await visitor.Page.Keyboard.PressAsync("Enter");
        await visitor.Page.GetByLabel("Reason").FocusAsync();
        await visitor.Page.Keyboard.PressAsync("Tab");
        await visitor.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visitor.Page.Locator("#block-reason-error")).ToBeVisibleAsync();

        await visitor.Page.GetByLabel("Reason").FocusAsync();
        await visitor.Page.Keyboard.TypeAsync("Unpaid since March.");
        await visitor.Page.Keyboard.PressAsync("Tab");
        await visitor.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visitor.Page.Locator(".page-head .tag")).ToHaveTextAsync("Blocked");
        await visitor.FollowAsync("Timeline");
        await visitor.ShouldSeeAsync("Unpaid since March.");
        await visitor.Page.GoBackAsync();
        await visitor.PressAsync("Unblock");
        await Assertions.Expect(visitor.Page.Locator(".page-head .tag")).ToHaveTextAsync("Active");
    }

    private async Task<Visitor> OpenAsync(string customer, bool hasScript)
    {
        var visitor = await chromium.OpenAsAdministratorAsync(app, new Look(HasScript: hasScript));
        await visitor.GoAsync($"/console/1/customers/{customer}");
        return visitor;
    }

    private async Task<string> IdAsync(Person person) =>
        (await app.AccountsSqlAsync<string>("SELECT customer_id FROM customers.customers WHERE user_id = $1", person.Id))!;
}
