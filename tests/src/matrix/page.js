async function look([url, method, headers, credentials, body, pause]) {
    await new Promise((resume) => setTimeout(resume, 1000 * pause));
    try {
        const response = await fetch(url, { method, headers, credentials, body: body ?? undefined });
        const text = await response.text();
        return { status: response.status, headers: [...response.headers.keys()], body: text };
    } catch (error) {
        return { error: String(error) };
    }
}

// Situations side by side, in lanes; the calls of one
// in a row.
async function run(situations) {
    const LANES = 12;
    const outcomes = [];
    let next = 0;
    const lane = async () => {
        while (next < situations.length) {
            const index = next++;
            outcomes[index] = [];
            for (const call of situations[index]) {
                outcomes[index].push(await look(call));
            }
        }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return outcomes;
}

addEventListener("message", async ({ data }) => {
    const { situations } = JSON.parse(data);
    if (situations) {
        parent.postMessage(JSON.stringify({ origin, outcomes: await run(situations) }), "*");
    }
});
