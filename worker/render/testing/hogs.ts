// [worker/render/testing/hogs.ts] -> worker/render/testing/hostile.ts
// Pages that take whatever they can get: time, memory, nodes, messages.

const script = (code: string): string => `<script>${code}</script>`;

export const hogs: readonly [string, string][] = [
  ["endless-loop", script("for(;;);")],
  ["endless-loop-later", script("setTimeout(()=>{for(;;);},300)")],
  ["endless-alerts", script("for(;;)alert(1)")],
  ["endless-promises", script("const f=()=>Promise.resolve().then(f);f()")],
  ["message-flood", script("setInterval(()=>{for(let i=0;i<5000;i++)parent.postMessage('x'.repeat(100),'*')},1)")],
  ["console-flood", script("setInterval(()=>{for(let i=0;i<2000;i++)console.log('x'.repeat(10000))},1)")],
  [
    "history-flood",
    script(
      "setInterval(()=>{for(let i=0;i<500;i++){history.pushState(0,'','#'+Math.random());location.hash=Math.random()}},1)",
    ),
  ],
  ["reload-flood", script("setInterval(()=>location.reload(),1)")],
  ["memory-bomb", script("const a=[];setInterval(()=>a.push(new Uint8Array(3e8).fill(7)),5)")],
  ["string-bomb", script("let s='x';setInterval(()=>{try{s+=s}catch{s='x'}},1)")],
  [
    "canvas-bomb",
    script(
      "setInterval(()=>{const c=document.createElement('canvas');c.width=c.height=16000;c.getContext('2d').fillRect(0,0,16000,16000);document.body.append(c)},5)",
    ),
  ],
  ["hundred-thousand-nodes", script("document.write('<div><b>x</b>'.repeat(100000))")],
  [
    "deep-nodes",
    script("let e=document.body;for(let i=0;i<50000;i++){const d=document.createElement('div');e.append(d);e=d}"),
  ],
  ["worker-swarm", script("for(let i=0;i<100;i++)new Worker(URL.createObjectURL(new Blob(['for(;;);'])))")],
  ["slow-expression", script("/^(a+)+$/.test('a'.repeat(60)+'b')")],
  [
    "slow-shader",
    script(
      "const g=document.createElement('canvas').getContext('webgl');if(g){const s=(t,c)=>{const h=g.createShader(t);g.shaderSource(h,c);g.compileShader(h);return h};const p=g.createProgram();g.attachShader(p,s(g.VERTEX_SHADER,'attribute vec4 p;void main(){gl_Position=p;}'));g.attachShader(p,s(g.FRAGMENT_SHADER,'precision highp float;void main(){float x=0.;for(int i=0;i<100000000;i++){x+=sin(x+float(i));}gl_FragColor=vec4(x);}'));g.linkProgram(p);g.useProgram(p);g.bufferData(g.ARRAY_BUFFER,g.createBuffer(),g.STATIC_DRAW);g.drawArrays(g.TRIANGLES,0,3)}",
    ),
  ],
  [
    "layout-thrash",
    script(
      "for(let i=0;i<3000;i++)document.body.append(document.createElement('p'));setInterval(()=>{for(const p of document.querySelectorAll('p')){p.style.width=Math.random()*100+'%';p.offsetWidth}},1)",
    ),
  ],
];
